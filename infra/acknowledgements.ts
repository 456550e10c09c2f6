/**
 * cdk-nag reports every wildcard by its resource (IAM5); each is accepted here by name, with
 * the sentence that a reviewer would accept. A wildcard that is not listed fails `npm run check`.
 */
export const acknowledgements: Record<string, string> = {
  'IAM5[Resource::*]':
    'DescribeInstances, ListStreams, log delivery and X-Ray take no narrower resource on AWS; infra/rules/wide-resources.ts refuses any other action on it.',
  'IAM5[Resource::<bucketsartifactsE01AF792.Arn>/processors/*]':
    'Processors lie under their hash, which no template can know.',
  'IAM5[Resource::<bucketslanding990A624F.Arn>/*]':
    'Payers choose the keys; an instance is narrowed to the one version that carries its own id as a tag.',
  'IAM5[Resource::<bucketsresultsC6B3B64F.Arn>/console/*]': 'What a machine said on its console is named by job.',
  'IAM5[Resource::<bucketsresultsC6B3B64F.Arn>/done/*]': 'Pointers are named after the payers’ own keys.',
  'IAM5[Resource::<bucketsresultsC6B3B64F.Arn>/journal/*]': 'The journal, when it is on, is named by decision.',
  'IAM5[Resource::<bucketsresultsC6B3B64F.Arn>/reports/*]': 'Reports are named by job.',
  'IAM5[Resource::<bucketsresultsC6B3B64F.Arn>/runs/*/in/*]':
    'Inputs are handed to a machine whose id is known only after its launch.',
  'IAM5[Resource::<bucketsresultsC6B3B64F.Arn>/runs/*]': 'Results are read by the id of the machine that wrote them.',
  'IAM5[Resource::<bucketsresultsC6B3B64F.Arn>/runs/<aws:userid>/*]': 'Ends below the instance’s own prefix.',
  'IAM5[Resource::<bucketsresultsC6B3B64F.Arn>/runs/<aws:userid>/in/*]': 'Ends below the instance’s own prefix.',
  'IAM5[Resource::<stepslaunchfunction41212F21.Arn>:*]': 'Versions of the one function that the state machine invokes.',
  'IAM5[Resource::<stepsvalidatefunction29C2D573.Arn>:*]':
    'Versions of the one function that the state machine invokes.',
  'IAM5[Resource::<stepssweepfunctionCC494743.Arn>:*]': 'Versions of the one function that the schedule invokes.',
  'IAM5[Resource::arn:aws:ec2:<AWS::Region>::image/*]': 'Images are narrowed to Amazon’s own and the account’s.',
  'IAM5[Resource::arn:aws:ec2:<AWS::Region>:<AWS::AccountId>:volume/*]':
    'Volumes are made at launch: encrypted, tagged, from our template.',
  'IAM5[Resource::arn:aws:ec2:<AWS::Region>:<AWS::AccountId>:network-interface/*]':
    'Interfaces are made at launch: in our subnets, from our template.',
  'IAM5[Resource::arn:aws:ec2:<AWS::Region>:<AWS::AccountId>:spot-instances-request/*]':
    'A spot launch makes a request; AWS knows no narrower resource for it.',
  'IAM5[Resource::arn:aws:ec2:<AWS::Region>:<AWS::AccountId>:instance/*]':
    'TerminateInstances is narrowed to the tag app=mayfly, RunInstances to our template, types and tags, CreateTags to the launch.',
  'IAM5[Resource::arn:aws:ssm:<AWS::Region>::parameter/aws/service/*]':
    'AWS’s own public parameters that name the newest images; a row says which.',
  'IAM5[Resource::arn:aws:ssm:<AWS::Region>:<AWS::AccountId>:parameter/mayfly/*]':
    'Parameters by which the account names images of its own for Mayfly, and nothing else.',
}

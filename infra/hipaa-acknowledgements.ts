import type { Environment } from '#config/environments/environment'

/** What the HIPAA Security pack asks for and this stack does another way, whatever the environment. */
const always: Record<string, string> = {
  DynamoDBInBackupPlan:
    'Point-in-time recovery is on for every table (35 days, to the second); a backup plan for longer is the account owner’s, by tag app=mayfly.',
  IAMNoInlinePolicy:
    'Each policy belongs to exactly one role, is generated beside the code that needs it, and goes with the role; a managed one could be attached elsewhere.',
  LambdaConcurrency:
    'Launch is limited; schedule by its event source (2), reconfigure by its shards, sweep by its schedule; validate and progress follow the files, and a limit would only make them fail.',
  LambdaDLQ:
    'Four functions are invoked synchronously or by an event source with its own dead-letter queue; the two asynchronous ones have an on-failure destination, which keeps more than a dead-letter queue.',
  LambdaInsideVPC:
    'The functions speak only to AWS’s own endpoints, by TLS and IAM; inside the VPC they would need interface endpoints or a NAT gateway, which bill by the hour and open a way out that instances do not have.',
  S3BucketReplicationEnabled:
    'Versioned, private, eleven nines in three zones; payers can send a file again, and a second region is the operator’s decision on disaster recovery (docs/security.md).',
  VPCDefaultSecurityGroupClosed:
    'Nothing uses the default security group: the launch template names ours; closing it takes a custom resource with rights on the VPC.',
  VPCFlowLogsEnabled:
    'No route leaves the VPC but the S3 gateway endpoint, whose requests S3 access logs and CloudTrail data events show by object; flow logs bill by volume and show addresses only.',
}

const withoutKey: Record<string, string> = {
  CloudWatchLogGroupEncrypted:
    'CloudWatch encrypts all logs; a key of the customer’s is a flag of the environment (`encryption`), on in prod.',
  S3DefaultEncryptionKMS: 'S3 encrypts every object; a key of the customer’s is a flag (`encryption`), on in prod.',
  SNSEncryptedKMS:
    'Alarms carry counts and names of alarms, never files or payers; a key of the customer’s is a flag (`encryption`), on in prod.',
}

const withoutAccessLogs: Record<string, string> = {
  S3BucketLoggingEnabled: 'Access logs are a flag of the environment (`accessLogs`), on in prod.',
}

/** The findings that hold for an environment: those that its flags answer are not excused. */
export const hipaaAcknowledgements = ({ encryption, accessLogs }: Environment): Record<string, string> => ({
  ...always,
  ...(encryption === 'customer-key' ? {} : withoutKey),
  ...(accessLogs ? {} : withoutAccessLogs),
})

/** The CDK's own grants on a key. */
export const keyAcknowledgements: Record<string, string> = {
  'IAM5[Action::kms:GenerateDataKey*]': 'GenerateDataKey with and without plaintext, on the one key of this stack.',
  'IAM5[Action::kms:ReEncrypt*]': 'ReEncryptFrom and ReEncryptTo, on the one key of this stack.',
}

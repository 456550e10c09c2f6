import { type Rule, record, refersTo, statementsOf } from '#infra/rules/resource'

const blocks = ['BlockPublicAcls', 'BlockPublicPolicy', 'IgnorePublicAcls', 'RestrictPublicBuckets']
const policyTypes = ['AWS::S3::BucketPolicy', 'AWS::SQS::QueuePolicy', 'AWS::SNS::TopicPolicy']

/** Nothing is open to everybody: buckets block public access in all four ways, and no policy of ours allows `*` anything. */
export const publicData: Rule = (resources) => {
  const open = resources
    .filter(({ type }) => type === 'AWS::S3::Bucket')
    .flatMap(({ id, properties }) => {
      const configured = record(properties['PublicAccessBlockConfiguration'])
      const missing = blocks.filter((block) => configured[block] !== true)
      return missing.length === 0 ? [] : [{ id, sentence: `The bucket does not say ${missing.join(', ')}: true.` }]
    })
  const everybody = resources
    .filter(({ type }) => policyTypes.includes(type))
    .filter(({ properties }) =>
      statementsOf(properties['PolicyDocument']).some(({ allows, principals }) => allows && principals.includes('*')),
    )
    .map(({ id }) => ({ id, sentence: 'The policy allows something to everybody (Principal *).' }))
  return [...open, ...everybody]
}

/** Buckets, queues and topics refuse whoever does not speak TLS. */
export const plainTransport: Rule = (resources) => {
  const policies = resources.filter(({ type }) => policyTypes.includes(type))
  const refuses = (id: string): boolean =>
    policies.some(
      ({ properties }) =>
        [properties['Bucket'], properties['Queues'], properties['Topics']].some((named) => refersTo(named, id)) &&
        statementsOf(properties['PolicyDocument']).some(
          ({ allows, conditions }) => !allows && record(conditions['Bool'])['aws:SecureTransport'] === 'false',
        ),
    )
  return resources
    .filter(({ type }) => ['AWS::S3::Bucket', 'AWS::SQS::Queue', 'AWS::SNS::Topic'].includes(type))
    .filter(({ id }) => !refuses(id))
    .map(({ id }) => ({ id, sentence: 'No policy of it denies requests without TLS (aws:SecureTransport false).' }))
}

import { CfnQueryDefinition } from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'
import type { Steps } from '#infra/constructs/steps'

/** Saved searches of Logs Insights, over the logs of all functions; the first two want a value put in. */
const queries = {
  'the life of one job': [
    'fields @timestamp, service, message, `from`, `to`, because, attempt, reason',
    'filter job = "PUT-THE-JOB-HERE"',
    'sort @timestamp asc',
  ],
  'everything of one payer today': [
    'fields @timestamp, job, type, scope, `from`, `to`, because',
    'filter message = "a job moved" and payer = "PUT-THE-PAYER-HERE"',
    'sort @timestamp desc',
  ],
  'what failed or was rejected, by payer and reason': [
    'filter message = "a job moved" and `to` in ["failed", "rejected"]',
    'stats count(*) as files by payer, type, `to`, because',
    'sort files desc',
  ],
  'errors and warnings': [
    'fields @timestamp, service, message, reason, failed, what, was, counted, job, payer, type, attempt, instanceId, messageId',
    'filter level in ["ERROR", "WARN"]',
    'sort @timestamp desc',
    'limit 1000',
  ],
  'errors and warnings, counted': [
    'filter level in ["ERROR", "WARN"]',
    'stats count(*) as times, latest(@timestamp) by service, message',
    'sort times desc',
  ],
  'what EC2 refused': [
    'filter message = "EC2 did not start the candidate"',
    'stats count(*) as times by instanceType, market, subnet, refused',
    'sort times desc',
  ],
  'what the sweep found': [
    'fields @timestamp, finding, job, attempt, instanceId, state',
    'filter message = "the sweep found what nobody had announced"',
    'sort @timestamp desc',
  ],
} as const

export class Queries extends Construct {
  constructor(scope: Construct, id: string, { steps }: { steps: Steps }) {
    super(scope, id)
    const logGroupNames = Object.values(steps.all).map(({ fn }) => fn.logGroup.logGroupName)
    for (const [name, lines] of Object.entries(queries))
      new CfnQueryDefinition(this, name.replace(/[^a-z]+/g, '-'), {
        name: `mayfly/${name}`,
        queryString: lines.join('\n| '),
        logGroupNames,
      })
  }
}

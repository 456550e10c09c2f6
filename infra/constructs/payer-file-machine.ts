import { readFileSync } from 'node:fs'
import { ArnFormat, RemovalPolicy, Stack } from 'aws-cdk-lib'
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs'
import { DefinitionBody, LogLevel, StateMachine } from 'aws-cdk-lib/aws-stepfunctions'
import { Construct } from 'constructs'
import { acknowledge } from '#infra/constructs/acknowledge'
import type { Inbox } from '#infra/constructs/inbox'
import type { Steps } from '#infra/constructs/steps'

const NAME = 'mayfly-payer-file'

/** The emulator takes no expression here; a week is longer than any local run. */
const EXPRESSION = '"TimeoutSeconds": "{% $states.input.timeoutSeconds %}"'
const LITERAL = '"TimeoutSeconds": 604800'

/** The machine's ARN, known before the machine, which is made of functions that must know it. */
export const stateMachineArn = (scope: Construct): string =>
  Stack.of(scope).formatArn({
    service: 'states',
    resource: 'stateMachine',
    resourceName: NAME,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  })

/** The definition as text, so that template tests see it. */
export const definition = (emulator: boolean): string => {
  const text = readFileSync(new URL('../../statemachines/payer-file.asl.json', import.meta.url), 'utf8')
  if (!text.includes(EXPRESSION))
    throw new Error(`payer-file.asl.json has no ${EXPRESSION}, which the emulator's switch replaces`)
  return emulator ? text.replace(EXPRESSION, LITERAL) : text
}

/** One execution per round of a payer file. */
export class PayerFileMachine extends Construct {
  readonly arn: string

  constructor(
    scope: Construct,
    id: string,
    { steps, inbox, emulator }: { steps: Steps; inbox: Inbox; emulator: boolean },
  ) {
    super(scope, id)
    const functions = { ValidateFunctionArn: steps.validate.fn, LaunchFunctionArn: steps.launch.fn }
    const machine = new StateMachine(this, 'machine', {
      stateMachineName: NAME,
      definitionBody: DefinitionBody.fromString(definition(emulator)),
      definitionSubstitutions: {
        InboxUrl: inbox.queue.queueUrl,
        ...Object.fromEntries(Object.entries(functions).map(([name, fn]) => [name, fn.functionArn])),
      },
      logs: {
        destination: new LogGroup(this, 'logs', {
          retention: RetentionDays.THREE_MONTHS,
          removalPolicy: RemovalPolicy.DESTROY,
        }),
        level: LogLevel.ERROR,
        includeExecutionData: false,
      },
    })
    for (const fn of Object.values(functions)) fn.grantInvoke(machine)
    inbox.queue.grantSendMessages(machine)
    this.arn = stateMachineArn(this)
    acknowledge(machine, {
      SF1: 'Errors are logged; every event of an execution is in its history, and execution data stays out of logs.',
      SF2: 'Tracing comes with observability, by a flag.',
    })
  }
}

/** The domain of the console differs in the partitions of AWS. */
const consoles: Readonly<Record<string, string>> = {
  aws: 'console.aws.amazon.com',
  'aws-cn': 'console.amazonaws.cn',
  'aws-us-gov': 'console.amazonaws-us-gov.com',
}

/** The ARN of an execution by its name. @throws when the ARN is not that of a state machine. */
export const executionArn = (stateMachineArn: string, name: string): string => {
  if (!/^arn:[^:]+:states:[^:]+:[^:]*:stateMachine:[^:]+$/.test(stateMachineArn))
    throw new Error(`${stateMachineArn} is no state machine; it should be arn:…:states:…:stateMachine:<name>`)
  return `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`
}

/** Where the Step Functions console shows an execution. */
export const executionUrl = (arn: string): string => {
  const [, partition = 'aws', , region = ''] = arn.split(':')
  const host = consoles[partition] ?? consoles['aws']
  return `https://${region}.${host}/states/home?region=${region}#/v2/executions/details/${arn}`
}

import { RemovalPolicy, type Stack, Tags } from 'aws-cdk-lib'
import { ManagedPolicy, PermissionsBoundary, PolicyStatement } from 'aws-cdk-lib/aws-iam'
import type { IKey } from 'aws-cdk-lib/aws-kms'
import { CfnFunction, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda'
import { CfnLogGroup } from 'aws-cdk-lib/aws-logs'
import { CfnStateMachine, StateMachine } from 'aws-cdk-lib/aws-stepfunctions'
import type { Environment } from '#config/environments/environment'

/** X-Ray takes no narrower resource. */
const mayTrace = () =>
  new PolicyStatement({ actions: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], resources: ['*'] })

/** What an environment says of every resource of a kind, in one place, so that no new one is forgotten. */
export const applyEnvironmentWide = (stack: Stack, environment: Environment, key: IKey | undefined): void => {
  const { logDays, tracing, tags, permissionsBoundary } = environment
  for (const resource of stack.node.findAll()) {
    if (resource instanceof CfnLogGroup) {
      resource.retentionInDays = logDays
      if (key) resource.kmsKeyId = key.keyArn
      // Logs that must be kept for years are not deleted with the stack that wrote them.
      resource.applyRemovalPolicy(environment.protected ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY)
    }
    if (tracing && (resource instanceof LambdaFunction || resource instanceof StateMachine))
      resource.addToRolePolicy(mayTrace())
    if (tracing && resource instanceof CfnFunction) resource.tracingConfig = { mode: 'Active' }
    if (tracing && resource instanceof CfnStateMachine) resource.tracingConfiguration = { enabled: true }
  }
  for (const [name, value] of Object.entries(tags)) Tags.of(stack).add(name, value)
  if (permissionsBoundary !== undefined)
    PermissionsBoundary.of(stack).apply(ManagedPolicy.fromManagedPolicyArn(stack, 'boundary', permissionsBoundary))
}

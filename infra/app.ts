import { App, Validations } from 'aws-cdk-lib'
import { AwsSolutionsChecks, HIPAASecurityChecks } from 'cdk-nag'
import { loadEnvironment } from '#config/environments/load-environment'
import { GivenNetwork } from '#infra/given-network'
import { houseRules } from '#infra/house-rules'
import { MayflyStack } from '#infra/mayfly-stack'

const app = new App()
const isOn = (name: string): boolean => String(app.node.tryGetContext(name) ?? 'false') === 'true'
const listed = (name: string): string[] | undefined => app.node.tryGetContext(name)?.split(',')
const givenNetwork = (): GivenNetwork | undefined => {
  const vpcId = app.node.tryGetContext('vpcId')
  if (vpcId === undefined) return undefined
  const one = (name: string): string | undefined => app.node.tryGetContext(name)
  const ids = { subnetIds: listed('subnetIds'), routeTableIds: listed('routeTableIds') }
  return GivenNetwork.parse({ vpcId, ...ids, endpointId: one('endpointId'), prefixListId: one('prefixListId') })
}

const environment = loadEnvironment(String(app.node.tryGetContext('env') ?? 'dev'))

new MayflyStack(app, 'Mayfly', {
  /** The one switch for what the local emulator cannot hold; docs/emulator-gaps.md says what it changes and why. */
  emulator: isOn('emulator'),
  /** Tables and buckets outlive the stack unless this says otherwise. */
  destroyData: isOn('destroyData') || environment.data === 'destroy',
  /** Keeps every decision of the scheduler for `mayfly replay`; docs/decisions/0010 says at what cost. */
  journal: isOn('journal') || environment.journal,
  /** A VPC that is there already: docs/decisions/0012 says what it must have. */
  network: givenNetwork() ?? environment.network,
  owner: String(app.node.tryGetContext('owner') ?? environment.owner),
  environment,
})
Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new HIPAASecurityChecks(app), houseRules)

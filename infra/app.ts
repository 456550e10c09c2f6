import { App, Validations } from 'aws-cdk-lib'
import { AwsSolutionsChecks } from 'cdk-nag'
import { MayflyStack } from '#infra/mayfly-stack'

const app = new App()
const isOn = (name: string): boolean => String(app.node.tryGetContext(name) ?? 'false') === 'true'

new MayflyStack(app, 'Mayfly', {
  /** The one switch for what the local emulator cannot hold; docs/emulator-gaps.md says what it changes and why. */
  emulator: isOn('emulator'),
  /** Tables and buckets outlive the stack unless this says otherwise. */
  destroyData: isOn('destroyData'),
  /** Keeps every decision of the scheduler for `mayfly replay`; docs/decisions/0010 says at what cost. */
  journal: isOn('journal'),
  owner: String(app.node.tryGetContext('owner') ?? 'mayfly'),
})
Validations.of(app).addPlugins(new AwsSolutionsChecks(app))

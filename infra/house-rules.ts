import { readFileSync } from 'node:fs'
import type { IPolicyValidationContext, IPolicyValidationPlugin, PolicyValidationPluginReport } from 'aws-cdk-lib'
import { alarmHeadings } from '#infra/rules/alarm-headings'
import { deadLetters } from '#infra/rules/dead-letters'
import { endlessLogs } from '#infra/rules/endless-logs'
import { openServices } from '#infra/rules/open-services'
import { plainTransport, publicData } from '#infra/rules/public-data'
import { type Resource, type Rule, resourcesOf, type Violation } from '#infra/rules/resource'
import { starActions } from '#infra/rules/star-actions'
import { wideResources } from '#infra/rules/wide-resources'

const rules: Record<string, Rule> = {
  'public-data': publicData,
  'plain-transport': plainTransport,
  'dead-letters': deadLetters,
  'open-services': openServices,
  'star-actions': starActions,
  'wide-resources': wideResources,
  'alarm-headings': alarmHeadings,
  'endless-logs': endlessLogs,
}

/** Our own rules over the resources of a template, by name. */
export const brokenRules = (resources: readonly Resource[], runbook: string): (Violation & { rule: string })[] =>
  Object.entries(rules).flatMap(([name, rule]) =>
    rule(resources, runbook).map((violation) => ({ rule: name, ...violation })),
  )

export const readRunbook = (): string => readFileSync(new URL('../docs/runbook.md', import.meta.url), 'utf8')

/** Fails `cdk synth`, and with it `npm run check` and every deployment, beside cdk-nag. */
export const houseRules: IPolicyValidationPlugin = {
  name: 'mayfly',
  ruleIds: Object.keys(rules),
  validate({ templatePaths }: IPolicyValidationContext): PolicyValidationPluginReport {
    const violations = templatePaths.flatMap((templatePath) =>
      brokenRules(resourcesOf(JSON.parse(readFileSync(templatePath, 'utf8'))), readRunbook()).map(
        ({ rule, id, sentence }) => ({
          ruleName: rule,
          description: sentence,
          severity: 'error',
          violatingResources: [{ resourceLogicalId: id, templatePath, locations: [] }],
        }),
      ),
    )
    return { success: violations.length === 0, violations }
  },
}

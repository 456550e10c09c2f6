import { type Rule, refersTo } from '#infra/rules/resource'

/** Logs end, and no function writes to a group that Lambda makes for it, which never ends. */
export const endlessLogs: Rule = (resources) => {
  const groups = resources.filter(({ type }) => type === 'AWS::Logs::LogGroup')
  const endless = groups
    .filter(({ properties }) => !(Number(properties['RetentionInDays']) > 0))
    .map(({ id }) => ({ id, sentence: 'It keeps logs for ever (no RetentionInDays).' }))
  const elsewhere = resources
    .filter(({ type }) => type === 'AWS::Lambda::Function')
    .filter(({ properties }) => !groups.some(({ id }) => refersTo(properties['LoggingConfig'], id)))
    .map(({ id }) => ({ id, sentence: 'It writes to no log group of the stack.' }))
  return [...endless, ...elsewhere]
}

import type { Command } from 'commander'
import type { AwsOptions } from '#cli/aws/aws-options'
import { withStack } from '#cli/aws/open-stack'
import { findJob } from '#cli/jobs/find-job'
import { jobStory } from '#cli/jobs/job-story'
import { storyLines } from '#cli/jobs/story-lines'
import { addWatchOption, type WatchOptions, watched } from '#cli/screen/watched'
import { isOver, Status } from '#domain/schedule/items/status'

const ending = `
Examples:
  $ mayfly explain sunrise-health/claims/week-31.837    a key of the landing bucket: its newest version
  $ mayfly explain 3f9c01d2                             a job id, or 6 and more characters of its beginning
  $ mayfly explain 3f9c01d2 --watch                     until it is over
  $ mayfly explain 3f9c01d2 --json | jq .wouldLetItGo`

export const register = (program: Command) =>
  addWatchOption(program.command('explain'))
    .description('why a file is not running and what would let it go, or why it ended')
    .argument('<job|key>', 'a job id, its beginning, or a key of the landing bucket')
    .addHelpText('after', ending)
    .action(async (name: string, _options, command: Command) =>
      explain(name, command.optsWithGlobals<AwsOptions & WatchOptions>()),
    )

const explain = (name: string, options: AwsOptions & WatchOptions) =>
  withStack(options, async (stack) => {
    const found = await findJob(stack, name)
    await watched(options, async () => {
      const now = Date.now()
      const story = await jobStory(stack, found, now)
      const over = isOver(Status.parse(story.job.status))
      return { value: story, lines: (shown) => storyLines(story, shown, now), over }
    })
  })

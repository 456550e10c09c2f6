import type { JobRow } from '#cli/jobs/job-row'
import { eventually } from '#test/support/eventually'
import type { LocalStack } from '#test/support/local-stack'

export const is =
  (status: JobRow['status'], because?: string) =>
  (job: JobRow): boolean =>
    job.status === status && (because === undefined || job.because === because)
export const waits = (because: string) => is('waiting', because)

/** Waits for machines and executions of a stack. */
export const settling = (stack: () => Pick<LocalStack, 'aws'>) => {
  /** So many instances have worked for the job, and none still does. */
  const allTerminated = (jobId: string, instances: number) =>
    eventually(
      `the ${instances} instances of job ${jobId} are terminated`,
      () => stack().aws.instances({ name: 'job', value: jobId }),
      (found) => found.length === instances && found.every(({ state }) => state === 'terminated'),
    )
  const theExecution = async (name: string | undefined) => {
    const [found, ...others] = (await stack().aws.executions()).filter((execution) => execution.name === name)
    if (!found || others.length > 0) throw new Error(`${others.length + (found ? 1 : 0)} executions are called ${name}`)
    return found
  }
  const executionIs = (name: string | undefined, wanted: string) =>
    eventually(
      `the execution ${name} is ${wanted}`,
      () => theExecution(name),
      ({ status }) => status === wanted,
    )
  return { allTerminated, theExecution, executionIs }
}

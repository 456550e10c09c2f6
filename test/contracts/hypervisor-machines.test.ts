import { setTimeout as pause } from 'node:timers/promises'
import { DescribeInstancesCommand, StopInstancesCommand } from '@aws-sdk/client-ec2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { processesOf } from '#local/hypervisor/process-tree'
import { type HypervisorWorld, startHypervisorWorld } from '#test/support/hypervisor-world'

let world: HypervisorWorld
beforeAll(async () => {
  const states = { state: ['running', 'terminated', 'stopped'] }
  const pattern = { source: ['aws.ec2'], 'detail-type': ['EC2 Instance State-change Notification'], detail: states }
  world = await startHypervisorWorld(pattern, 150)
})
afterAll(() => world?.close())

const isOver = (heard: readonly string[]): boolean => heard.at(-1) === 'terminated'
const shellOf = async (id: string): Promise<number> => {
  const machines = z.array(z.object({ id: z.string(), pid: z.int().nullable() }))
  const found = machines.parse(await world.control('GET', 'instances')).find((machine) => machine.id === id)
  if (!found?.pid) throw new Error(`the hypervisor knows no shell of ${id}`)
  return found.pid
}

describe('a machine of the local EC2', () => {
  it('boots, sees its own metadata and no other, and ends itself', async () => {
    const id = await world.run(`
      url=$AWS_EC2_METADATA_SERVICE_ENDPOINT/latest
      echo "bare $(curl -s -o /dev/null -w '%{http_code}' $url/meta-data/instance-id)"
      token=$(curl -s -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' $url/api/token)
      get() { curl -s -H "X-aws-ec2-metadata-token: $token" "$url/$1"; }
      echo "id $(get meta-data/instance-id) type $(get meta-data/instance-type) zone $(get meta-data/placement/availability-zone)"
      echo "spot $(curl -s -o /dev/null -w '%{http_code}' -H "X-aws-ec2-metadata-token: $token" $url/meta-data/spot/instance-action)"
      echo "who $(aws sts get-caller-identity --query Account --output text)"
      shutdown -h now`)
    expect((await world.show(id))?.State?.Name).toBe('pending')
    const ended = await world.until(id, 'terminated')
    expect(ended.StateReason?.Code).toBe('Client.InstanceInitiatedShutdown')
    expect(ended.SubnetId).toBeUndefined()
    const said = await world.consoleOf(id)
    expect(said).toContain('bare 401')
    expect(said).toContain(`id ${id} type t3.small zone us-east-1a`)
    expect(said).toContain('spot 404')
    expect(said).toContain('who 000000000000')
    expect(processesOf(id)).toEqual([])
    expect(await world.heardOf(id, isOver)).toEqual(['running', 'terminated'])
  })

  it('stays when its script ends without a shutdown, and is terminated with all that it forked', async () => {
    const id = await world.run(`
      (trap '' TERM; setsid bash -c 'env -i /bin/sleep 600; true') & (setsid /bin/sleep 601 &)
      echo ready`)
    await world.consoleUntil(id, 'ready')
    await pause(200)
    expect((await world.show(id))?.State?.Name).toBe('running')
    expect(processesOf(id).length).toBe(3)
    const answer = await world.terminate(id)
    expect(answer.TerminatingInstances?.[0]).toMatchObject({
      InstanceId: id,
      PreviousState: { Name: 'running', Code: 16 },
      CurrentState: { Name: 'shutting-down', Code: 32 },
    })
    const ended = await world.until(id, 'terminated')
    expect(ended.StateReason?.Code).toBe('Client.UserInitiatedShutdown')
    expect(processesOf(id)).toEqual([])
  })

  it('is lost when its process is killed from outside', async () => {
    const id = await world.run('(setsid /bin/sleep 600 &) ; echo ready; while :; do /bin/sleep 0.1; done')
    await world.consoleUntil(id, 'ready')
    process.kill(await shellOf(id), 'SIGKILL')
    const ended = await world.until(id, 'terminated')
    expect(ended.StateReason?.Code).toBe('Server.InternalError')
    expect(processesOf(id)).toEqual([])
    expect(await world.heardOf(id, isOver)).toEqual(['running', 'terminated'])
  })

  it('gives TERM before KILL, so that the script can say goodbye', async () => {
    const id = await world.run(`trap 'echo goodbye; exit' TERM; echo ready; while :; do /bin/sleep 0.1 & wait $!; done`)
    await world.consoleUntil(id, 'ready')
    await world.terminate(id)
    await world.until(id, 'terminated')
    expect(await world.consoleOf(id)).toContain('goodbye')
  })

  it('stops when its shutdown behaviour says so', async () => {
    const id = await world.run('poweroff', { InstanceInitiatedShutdownBehavior: 'stop' })
    await world.until(id, 'stopped')
    await world.terminate(id)
    await world.until(id, 'terminated')
  })

  it('stops and then terminates on request, in whatever order the requests come', async () => {
    const id = await world.run('/bin/sleep 600')
    await world.until(id, 'running')
    await world.ec2.send(new StopInstancesCommand({ InstanceIds: [id] }))
    await world.terminate(id)
    await world.until(id, 'terminated')
  })

  it('plans a shutdown and takes it back', async () => {
    const planned = await world.run('shutdown -h +0; /bin/sleep 600')
    // A second, said to the switch itself: `shutdown` counts in minutes.
    const kept = await world.run(
      'curl -s -X POST $AWS_EC2_METADATA_SERVICE_ENDPOINT/power/0.015; shutdown -c && echo kept; /bin/sleep 600',
    )
    await world.until(planned, 'terminated')
    await world.consoleUntil(kept, 'kept')
    await pause(1200)
    expect((await world.show(kept))?.State?.Name).toBe('running')
    await world.terminate(kept)
  })

  it('is over without having run when it is terminated while pending', async () => {
    await world.fault({ type: 'slow-boot', seconds: 60 })
    const id = await world.run('echo ran')
    await world.terminate(id)
    await world.until(id, 'terminated')
    expect(await world.consoleOf(id)).toBe('')
  })

  it('ends what a crashed hypervisor left behind, and still answers for it', async () => {
    const id = await world.run('echo ready; (setsid /bin/sleep 600 &); /bin/sleep 600', { ClientToken: 'crash' })
    await world.consoleUntil(id, 'ready')
    // A second life on the same folder, as after kill -9 of the first.
    const again = await world.startAgain()
    const client = world.clientOf(again.url)
    const answer = await client.send(new DescribeInstancesCommand({ InstanceIds: [id] }))
    for (let left = 100; left > 0 && processesOf(id).length > 0; left -= 1) await pause(50)
    expect(processesOf(id)).toEqual([])
    const instance = answer.Reservations?.[0]?.Instances?.[0]
    expect(instance?.State?.Name).toBe('terminated')
    expect(instance?.StateReason?.Message).toContain('host')
    await again.close()
  })
})

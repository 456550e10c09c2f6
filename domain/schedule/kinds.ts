import * as z from 'zod'
import { Answered } from '#domain/schedule/items/answered'
import { Attempt } from '#domain/schedule/items/attempt'
import { BoardEntry } from '#domain/schedule/items/board-entry'
import { Due } from '#domain/schedule/items/due'
import { Instance } from '#domain/schedule/items/instance'
import { Job } from '#domain/schedule/items/job'
import { KeyState } from '#domain/schedule/items/key-state'
import { LaneEntry } from '#domain/schedule/items/lane-entry'
import { LaneRef } from '#domain/schedule/items/lane-ref'
import { LastFull } from '#domain/schedule/items/last-full'
import { PoolState } from '#domain/schedule/items/pool-state'
import { Refused } from '#domain/schedule/items/refused'
import { Scope } from '#domain/schedule/items/scope'
import { Shard } from '#domain/schedule/items/shard'
import { Tokens } from '#domain/schedule/items/tokens'
import type { Key } from '#domain/schedule/keys'
import * as keys from '#domain/schedule/keys'

/** A kind of item of the table `schedule`: how its key is made and what it must look like. */
export type Kind<T, A extends readonly unknown[]> = { schema: z.ZodType<T>; key: (...parts: A) => Key }

/** Pure, so that a bundle holds the schemas of those kinds alone that its function reads or writes. */
// @__NO_SIDE_EFFECTS__
const kind = <T, A extends readonly unknown[]>(schema: z.ZodType<T>, key: (...parts: A) => Key): Kind<T, A> => ({
  schema,
  key,
})

export const shard = kind(Shard, keys.shard)
export const scope = kind(Scope, keys.scope)
export const laneEntry = kind(LaneEntry, keys.laneEntry)
export const poolState = kind(PoolState, keys.poolState)
export const poolRef = kind(z.object({ pool: z.string() }), keys.poolRef)
export const unfinished = kind(z.object({ job: z.string() }), keys.unfinished)
export const board = kind(BoardEntry, keys.board)
export const heldAt = kind(LaneRef, keys.heldAt)
export const laneOf = kind(LaneRef, keys.laneOf)
export const heldFile = kind(z.object({ job: z.string() }), keys.heldFile)
export const job = kind(Job, keys.job)
export const tokens = kind(Tokens, keys.tokens)
export const attempt = kind(Attempt, keys.attempt)
export const open = kind(z.object({ job: z.string(), round: z.int(), attempt: z.int() }), keys.open)
export const rowRemark = kind(z.object({ status: z.string() }), keys.rowRemark)
export const poolRemark = kind(z.object({ status: z.string() }), keys.poolRemark)
export const refusal = kind(Refused, keys.refusal)
export const lastFull = kind(LastFull, keys.lastFull)
export const instance = kind(Instance, keys.instance)
export const request = kind(Answered, keys.request)
export const keyState = kind(KeyState, keys.keyState)
export const due = kind(Due, keys.due)

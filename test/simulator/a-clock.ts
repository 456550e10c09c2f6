import { type Clock, clockFrom } from '../../simulator/clock.ts'

/** Runs everything that is still to happen. */
export const runOut = async (clock: Clock): Promise<void> => {
  while (await clock.step());
}
export const aClock = (): Clock => clockFrom(0)

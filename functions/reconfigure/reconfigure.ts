import * as z from 'zod'
import type { Inbox } from '#domain/ports/inbox'
import type { Log } from '#functions/log'

const Image = z.record(z.string(), z.unknown())
const Text = z.object({ S: z.string() })

/** Stream records of `payer-priority` and `capacity-pools`. */
export const Input = z.object({
  Records: z.array(
    z.object({
      dynamodb: z.object({
        Keys: z.record(z.string(), Text),
        SequenceNumber: z.string(),
        OldImage: Image.optional(),
        NewImage: Image.optional(),
      }),
    }),
  ),
})
type Change = z.infer<typeof Input>['Records'][number]['dynamodb']

/** `mayflyStatus` is ours: without this, our own remark on a row would be news about it, for ever. */
const byPeople = ({ OldImage, NewImage }: Change): boolean => {
  const without = (image: z.infer<typeof Image> = {}) =>
    JSON.stringify(
      Object.entries(image)
        .filter(([name]) => name !== 'mayflyStatus')
        .sort(),
    )
  return without(OldImage) !== without(NewImage)
}

const messageOf = ({ Keys, SequenceNumber }: Change): Record<string, string> => {
  const pool = Keys['pool']?.S
  return pool === undefined
    ? {
        kind: 'row-edited',
        payerId: Keys['payerId']?.S ?? '',
        fileType: Keys['fileType']?.S ?? '',
        edit: SequenceNumber,
      }
    : { kind: 'pool-edited', pool, edit: SequenceNumber }
}

/** Tells the inbox which rows people edited. The message names the row only: the scheduler reads it when it decides. */
export const reconfigure = async (
  { Records }: z.infer<typeof Input>,
  { inbox, log }: { inbox: Inbox; log: Log },
): Promise<void> => {
  const edits = Records.map(({ dynamodb }) => dynamodb).filter(byPeople)
  for (const edit of edits) await inbox.send('facts', JSON.stringify(messageOf(edit)))
  log.info('rows edited', { edits: edits.length, records: Records.length })
}

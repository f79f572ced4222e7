import type { SessionRow, Sid } from '@holdfast/store/contracts'
import { sessionsQuestion } from '#features/api/questions.ts'
import type { ApiClient } from '#features/api/request.ts'

/** A filter has at most a thousand letters: so many sids fit. */
const SIDS_PER_QUESTION = 25

/** The questions whose answers have the rows of all these sessions. */
export function rowsQuestions(sids: readonly Sid[]) {
  const chunks = Array.from({ length: Math.ceil(sids.length / SIDS_PER_QUESTION) }, (_, index) =>
    sids.slice(index * SIDS_PER_QUESTION, (index + 1) * SIDS_PER_QUESTION),
  )
  return chunks.map((chunk) => {
    const filter = chunk.map((sid) => `sid:${sid}`).join(' ')
    return sessionsQuestion({ filter, sort: '', offset: 0, limit: SIDS_PER_QUESTION })
  })
}

/** The rows as they are now; those that are listed no more are left out. Rejects with `ApiError` where one cannot be read. */
export async function readRowsOf(
  api: ApiClient,
  sids: readonly Sid[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<Sid, SessionRow>> {
  const answers = await Promise.all(rowsQuestions(sids).map((question) => api.ask({ ...question, signal })))
  return new Map(answers.flatMap(({ items }) => items).map((row) => [row.sid, row]))
}

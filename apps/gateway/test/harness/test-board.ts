import { systemClock } from '@holdfast/runtime'
import { type ControlBoard, createBatcher, createKafka, openControlBoard } from '@holdfast/store'

/** `holdfast.control` as an owner hears and speaks on it, played by the test. */
export async function openTestBoard(brokers: string): Promise<{ board: ControlBoard; close(): Promise<void> }> {
  const kafka = createKafka({ brokers: [brokers], clientId: 'test-board', onWarning: () => undefined })
  const batcher = createBatcher({ kafka, clock: systemClock, onFailure: () => undefined })
  const board = await openControlBoard({
    kafka,
    batcher,
    clock: systemClock,
    incarnation: 'test',
    onReopened: () => undefined,
  })
  return {
    board,
    async close() {
      await board.close()
      await batcher.close(1_000)
    },
  }
}

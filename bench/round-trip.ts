import { startGame } from '../e2e/harness/game.ts'
import { atMost, type Claim, type Pair, type Row, rounds, rowOf } from './measure.ts'
import { type BareFigures, startBareKafka } from './round-trip/bare-kafka.ts'
import { recordSizes } from './round-trip/record-sizes.ts'
import { PER_ROOM, ROOMS, seatTalkers, type TalkFigures, WORDS } from './round-trip/talkers.ts'

const RATES = [200, 500, 1_000] as const
const WARM_UP_MS = 2_000
const MEASURE_MS = 8_000
const ROUNDS = 5
const WARM_UPS = 1
/** Where half of the answers take longer than this, lines queue up: the machine does not bear the rate. */
const BORNE_P50_MS = 500

type AtRate = { perSecond: number; ours: TalkFigures[]; bare: BareFigures[] }

/** From a telnet socket through gateway, Kafka, server, Kafka and gateway to telnet sockets. */
export async function roundTrip(): Promise<Claim> {
  const sizes = recordSizes(`000123 ${WORDS}`, PER_ROOM)
  const game = await startGame()
  try {
    const talkers = await seatTalkers(game.telnetPort)
    const bare = await startBareKafka(`127.0.0.1:${(await game.process('kafka')).ports.kafka}`, sizes)
    const found: AtRate[] = []
    for (const perSecond of RATES) {
      const at: AtRate = { perSecond, ours: [], bare: [] }
      const load = { perSecond, warmUpMs: WARM_UP_MS, measureMs: MEASURE_MS }
      await rounds(ROUNDS, WARM_UPS, {
        async ours() {
          const figures = await talkers.talk(load)
          return at.ours.push(figures)
        },
        async bare() {
          const figures = await bare.talk(load)
          return at.bare.push(figures)
        },
      })
      found.push({ ...at, ours: at.ours.slice(WARM_UPS), bare: at.bare.slice(WARM_UPS) })
    }
    talkers.close()
    await bare.close()
    return { ...TEXT, method: [...TEXT.method, sizesText(sizes)], rows: found.flatMap(rowsOf) }
  } finally {
    await game.stop()
  }
}

const sizesText = ({ input, output }: { input: number; output: number }): string =>
  `Messages of the reference: ${input} bytes there, ${output} back (what one spoken line puts on the bus).`

function rowsOf({ perSecond, ours, bare }: AtRate): Row[] {
  const pairs = (kind: 'own' | 'heard', p: 'p50' | 'p99'): Pair[] =>
    ours.map((figures, round) => ({ ours: figures[kind][p], base: bare[round]?.round[p] ?? Number.NaN }))
  const lost = ours.reduce((sum, figures) => sum + figures.lost, 0)
  const bareLost = bare.reduce((sum, figures) => sum + figures.lost, 0)
  const rows = (['own', 'heard'] as const).flatMap((kind) =>
    (['p50', 'p99'] as const).map((p) =>
      rowOf(
        {
          what: `${perSecond} lines/s, ${kind === 'own' ? 'own answer' : 'listener'} ${p}`,
          reference: `bare kafkajs ${p}`,
          unit: 'ms',
          goal: atMost(1.5),
        },
        pairs(kind, p),
      ),
    ),
  )
  const isBorne = (rows[0]?.ours.median ?? Number.NaN) <= BORNE_P50_MS && lost === 0
  const note = `${lost} lost${bareLost > 0 ? `, ${bareLost} of the reference` : ''}${isBorne ? '' : '; not borne here'}`
  return rows.map((row) => ({ ...row, note }))
}

const TEXT: Omit<Claim, 'rows'> = {
  name: 'round-trip',
  title: 'Telnet to telnet',
  method: [
    `The game as npm start runs it (one gateway, one server, one broker); ${ROOMS * PER_ROOM} players on real sockets in rooms of ${PER_ROOM} say a line in turn at an even rate, whatever comes back.`,
    'Own answer: from the write of a line to the speaker’s “You say”; listener: to each other’s “says”; every line is heard by ten.',
    'Reference: produce, consume, produce, consume by kafkajs between two processes over the same broker (acks -1, no Nagle, one request in flight that takes all that waits), at the same rate.',
    `${ROUNDS} rounds of each rate after one to warm up, ours and the reference in turn; the first ${WARM_UP_MS / 1_000} s of each ${(WARM_UP_MS + MEASURE_MS) / 1_000} s do not count.`,
    'Players, clients, game and services share the machine.',
  ],
}

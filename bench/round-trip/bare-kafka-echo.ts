import { createKafka } from '@holdfast/store'
import { connectProducer, IN, OUT, readTopic } from './bare-kafka-parts.ts'

/** The other process of the bare reference: `bare-kafka-echo.ts <broker> <bytes of an answer>`, over IPC. */
const [broker = '', bytes = ''] = process.argv.slice(2)
const kafka = createKafka({ brokers: [broker], clientId: 'bench-echo', onWarning: () => undefined })
const producer = await connectProducer(kafka)
const padding = Buffer.alloc(Number(bytes) - 6, '.')
const reader = await readTopic(kafka, IN, (value) =>
  producer.send(OUT, 0, Buffer.concat([value.subarray(0, 6), padding])),
)
process.once('disconnect', () => {
  void Promise.all([reader.close(), producer.close()]).finally(() => process.exit(0))
})
process.send?.('ready')

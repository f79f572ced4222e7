import { connect } from 'node:net'

const METADATA_KEY = 3
const METADATA_VERSION = 4
const CLIENT_ID = 'holdfast-stack'
const TIMEOUT_MS = 2_000

/** A Metadata request for no topics, with its size before it. */
function metadataRequest(): Buffer {
  const clientId = Buffer.from(CLIENT_ID)
  const body = Buffer.alloc(8 + 2 + clientId.length + 5)
  body.writeInt16BE(METADATA_KEY, 0)
  body.writeInt16BE(METADATA_VERSION, 2)
  body.writeInt32BE(1, 4)
  body.writeInt16BE(clientId.length, 8)
  clientId.copy(body, 10)
  // What follows is zero: an array of no topics, and "do not create them".
  const size = Buffer.alloc(4)
  size.writeInt32BE(body.length)
  return Buffer.concat([size, body])
}

/** Size, correlation id, throttle time, then the length of the array of brokers. */
const BROKER_COUNT_AT = 12

/**
 * How many brokers Kafka lists at this port. A broker that was killed listens again long before it is listed: until its old
 * registration has expired, clients find no leader. So this, not the open port, says that it is ready.
 */
export function listedBrokers(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    let answer = Buffer.alloc(0)
    const socket = connect({ port, host: '127.0.0.1' }, () => socket.write(metadataRequest()))
    socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error('no answer to a Metadata request')))
    socket.once('error', reject)
    socket.on('data', (chunk) => {
      answer = Buffer.concat([answer, chunk])
      if (answer.length < BROKER_COUNT_AT + 4) return
      socket.destroy()
      resolve(answer.readInt32BE(BROKER_COUNT_AT))
    })
    socket.once('close', () => reject(new Error('the broker closed the connection')))
  })
}

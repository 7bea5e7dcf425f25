/**
 * The gNMI client that one writes first, as the baseline: @grpc/grpc-js, @grpc/proto-loader with the usual options, objects, JSON.stringify, a file.
 * `node plain-client.mjs HOST:PORT FILE PROTO-FOLDER`, bundled before it is measured. It ends when it is told to.
 */
import { createWriteStream } from 'node:fs'
import { type ClientDuplexStream, credentials, loadPackageDefinition, type ServiceClientConstructor } from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'
import { type PlainResponse, plainEvents, USUAL_OPTIONS } from './plain-events.ts'

const [address = '', file = '', protos = ''] = process.argv.slice(2)
const { gnmi } = loadPackageDefinition(loadSync('gnmi.proto', { ...USUAL_OPTIONS, includeDirs: [protos] }))
const client = new (gnmi as unknown as { gNMI: ServiceClientConstructor }).gNMI(address, credentials.createInsecure())
const out = createWriteStream(file)
const call = (client as unknown as { Subscribe(): ClientDuplexStream<object, PlainResponse & { response: string }> }).Subscribe()
call.write({ subscribe: { mode: 'STREAM', encoding: 'PROTO', subscription: [{ path: {}, mode: 'TARGET_DEFINED' }] } })
const tags = { source: address, 'subscription-name': 'default' }
call.on('data', (response) => {
  if (response.response !== 'update' || out.write(plainEvents(response, tags))) return
  call.pause()
  out.once('drain', () => call.resume())
})

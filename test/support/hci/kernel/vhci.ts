/**
 * A virtual controller behind /dev/vhci, through which Linux lets a program be an adapter: the kernel's own Bluetooth stack runs upon it. A
 * process of its own, because an adapter is pulled out by killing whoever holds the device. Its parent sends `{"hear": REPORT}` and gets
 * `{"ready": true}` and `{"scanning": …}`.
 */
import { open } from 'node:fs/promises'
import type { Report } from '../encode.ts'
import { VirtualController } from '../virtual-controller.ts'

/** First packet either way: type, then "a primary controller, please" (linux/drivers/bluetooth/hci_vhci.c). */
const VENDOR = 0xff
const CREATE = Buffer.from([VENDOR, 0x00])
const MAX_PACKET = 1_100

const device = await open('/dev/vhci', 'r+')
const controller = new VirtualController((packet) => void device.write(packet))
process.on('message', ({ hear: { data, ...report } }: { hear: Omit<Report, 'data'> & { data: string } }) => {
  controller.hear({ ...report, data: Buffer.from(data, 'hex') })
})

await device.write(CREATE)
while (true) {
  const { bytesRead, buffer } = await device.read(Buffer.alloc(MAX_PACKET))
  const packet = buffer.subarray(0, bytesRead)
  if (packet[0] === VENDOR) process.send?.({ ready: true })
  else controller.receive(packet)
  process.send?.({ scanning: controller.scanning })
}

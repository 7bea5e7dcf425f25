/** Manufacturer data that real devices sent, as published; the demo plays them as devices of people who did not enrol. */
export const CAPTURED_FRAMES: ReadonlyArray<{ hex: string; source: string }> = [
  { hex: '4c000719010e2054aab5310000e00ca78a604bd37df4604f2c73e9a7f4', source: 'd4rken-org/capod DualApplePodsTest' },
  { hex: '4c0007190114205588f9510004205003cad5c9ac0ffa8478945a4ddff5', source: 'd4rken-org/capod AirPodsPro2Test' },
  { hex: '4c0007190124200b998f110004bda73bff2d8a3caf9b1a7c74b7a9d1c3', source: 'd4rken-org/capod AirPodsPro2UsbcTest' },
  { hex: '4c00071901132075aab9310004679a57dfbef69052b0041f8d89daf49e', source: 'd4rken-org/capod AirPodsGen3Test' },
  { hex: '4c0007190119202b338f11000459d457200f1c1338b20074e9dd70d7a5', source: 'd4rken-org/capod AirPodsGen4Test' },
  { hex: '4c000719012d2021f68f031404545d3f3d3dd96ef026b90f93695ffb46', source: 'd4rken-org/capod AirPodsMax2Test' },
  { hex: '4c00071901022055af563100006fe4df10af106081033b76d9c7112288', source: 'd4rken-org/capod AirPodsGen1Test' },
  { hex: '4c00071901272021888f110004b48a83d66c322a4745cb15da3fd6ab2b', source: 'librepods (Qt fork) tst_blemanager' },
  { hex: '4c00071106e4dd8d647035112e2b36d341a6778984', source: 'd4rken-org/capod DualApplePodsTest (encrypted case frame)' },
  { hex: '4c0007190119201588b852000404d0d0520ba17e4c9f6c08117091d63c', source: 'BatteriesCore AirPodsProximityTests' },
  { hex: '4c000719010e2000f88f000004b5c11df83a337de4229817901b71c7d7', source: 'OpenThread ToBLE CLI README' },
  { hex: '4c000719010a20020580040f44a7609bf83cfdb1d81c61ea8260a32c4e', source: 'd4rken-org/capod AirPodsMaxTest' },
  { hex: '4c0010054b1c52787d', source: 'bluepy blescan log in a public BlueZ tutorial' },
]

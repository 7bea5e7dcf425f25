interface Unit {
  metric: string
  unit: string
  scale?: number
}

/** Classes of LibreNMS's sensors and what they are measured in there; percents become ratios, minutes seconds. */
const CLASSES: Readonly<Record<string, Unit>> = {
  temperature: { metric: 'temperature', unit: 'Cel' },
  charge: { metric: 'battery', unit: 'ratio', scale: 0.01 },
  load: { metric: 'sensor_load', unit: 'ratio', scale: 0.01 },
  humidity: { metric: 'sensor_humidity', unit: 'ratio', scale: 0.01 },
  percent: { metric: 'sensor_percent', unit: 'ratio', scale: 0.01 },
  runtime: { metric: 'sensor_runtime', unit: 's', scale: 60 },
  voltage: { metric: 'sensor_voltage', unit: 'V' },
  current: { metric: 'sensor_current', unit: 'A' },
  power: { metric: 'sensor_power', unit: 'W' },
  fanspeed: { metric: 'sensor_fanspeed', unit: 'rpm' },
  frequency: { metric: 'sensor_frequency', unit: 'Hz' },
  dbm: { metric: 'sensor_dbm', unit: 'dBm' },
  state: { metric: 'sensor_state', unit: 'state' },
}

/** The sample of a sensor's reading; undefined for a class that is not known. */
export function sensorMetric(sensorClass: string, reading: number): { metric: string; unit: string; value: number } | undefined {
  const unit = Object.hasOwn(CLASSES, sensorClass) ? CLASSES[sensorClass] : undefined
  return unit && { metric: unit.metric, unit: unit.unit, value: unit.scale === undefined ? reading : reading * unit.scale }
}

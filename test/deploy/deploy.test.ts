import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { parse, parseAllDocuments } from 'yaml'

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
const pom = read('test/support/flink/pom.xml')
const flink = /<flink>(.*)<\/flink>/.exec(pom)?.[1] ?? ''
const connector = /flink-sql-connector-kafka<\/artifactId>\s*<version>(.*)<\/version>/.exec(pom)?.[1] ?? ''

interface Service {
  image?: string
  ports?: string[]
  volumes?: string[]
  depends_on?: Record<string, unknown>
  healthcheck?: unknown
}

describe('files of a Flink cluster', () => {
  const compose = parse(read('deploy/compose/compose.yaml'), { merge: true }) as {
    services: Record<string, Service>
    volumes: Record<string, unknown>
  }
  const manifests = parseAllDocuments(read('deploy/kubernetes/flink-session.yaml')).map((document) => document.toJS() as Manifest)

  it('have the versions that the tests run', () => {
    expect(flink).to.match(/^\d+\.\d+\.\d+$/)
    const dockerfile = read('deploy/compose/Dockerfile')
    expect(dockerfile).to.include(`FROM flink:${flink}-java17`).and.include(`ARG KAFKA_CONNECTOR=${connector}\n`)
    const flinkServices = Object.entries(compose.services).filter(([name]) => name !== 'kafka')
    for (const [name, { image }] of flinkServices) expect(image, name).to.equal(`shitops-flink:${flink}`)
    const deployment = manifests.find(({ kind }) => kind === 'FlinkDeployment')
    expect(deployment?.spec.flinkVersion).to.equal(`v${flink.split('.').slice(0, 2).join('_')}`)
    const images = [...read('deploy/kubernetes/flink-session.yaml').matchAll(/image: (\S+)/g)].map(([, image]) => image)
    expect(new Set(images)).to.deep.equal(new Set([`registry.example.com/shitops-flink:${flink}`]))
  })

  it('compose: opens ports on loopback only', () => {
    const ports = Object.values(compose.services).flatMap((service) => service.ports ?? [])
    expect(ports).to.have.lengthOf(3)
    for (const port of ports) expect(port).to.match(/^127\.0\.0\.1:\d+:\d+$/)
  })

  it('compose: every volume and service that is named exists, and what is waited for says when it is healthy', () => {
    for (const [name, service] of Object.entries(compose.services)) {
      for (const volume of service.volumes ?? []) expect(Object.keys(compose.volumes), name).to.include(volume.split(':')[0])
      for (const other of Object.keys(service.depends_on ?? {}))
        expect(compose.services[other]?.healthcheck, `${name}: ${other}`).to.be.an('object')
    }
  })

  it('kubernetes: selectors find what they are meant to, and claims exist', () => {
    const labels = manifests.find(({ kind }) => kind === 'Deployment')?.spec.template?.metadata.labels
    expect(manifests.find(({ kind }) => kind === 'Service')?.spec.selector).to.deep.equal(labels)
    expect(manifests.find(({ kind }) => kind === 'NetworkPolicy')?.spec.podSelector?.matchLabels).to.deep.equal(labels)
    const claims = manifests.filter(({ kind }) => kind === 'PersistentVolumeClaim').map(({ metadata }) => metadata.name)
    const claimed = [...read('deploy/kubernetes/flink-session.yaml').matchAll(/claimName: (\S+)/g)].map(([, claim]) => claim)
    expect(claims).to.deep.equal(claimed)
  })

  it('the README says what was not run', () => {
    expect(read('deploy/README.md')).to.include('**Not run**')
  })
})

interface Manifest {
  kind: string
  metadata: { name: string }
  spec: {
    flinkVersion?: string
    selector?: unknown
    podSelector?: { matchLabels: unknown }
    template?: { metadata: { labels: unknown } }
  }
}

import { ENCODINGS } from '../tree/typed-value.ts'

/** gNMI 3.2.2: the version of gNMI, the models that the leaves come from, the encodings. */
export function capabilities(): object {
  return { gNMI_version: '0.10.0', supported_encodings: [...ENCODINGS], supported_models: MODELS }
}

/** A version stands where the leaves were checked against that revision. */
const MODELS = [
  { name: 'openconfig-interfaces', organization: 'OpenConfig working group', version: '3.5.0' },
  { name: 'openconfig-system', organization: 'OpenConfig working group' },
  { name: 'openconfig-probes', organization: 'OpenConfig working group' },
  { name: 'shitops-endpoint', organization: 'shitops', version: '1.0.0' },
]

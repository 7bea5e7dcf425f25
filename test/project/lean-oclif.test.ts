import { expect } from 'chai'
// @ts-expect-error: a build script without types
import { lazily } from '../../scripts/lean-oclif.mjs'

/** Runs CommonJS text; `loaded` tells what it has required so far. */
function evaluate(text: string, modules: Record<string, unknown>): { exports: Record<string, unknown>; loaded: string[] } {
  const loaded: string[] = []
  const exports: Record<string, unknown> = {}
  const load = (name: string) => {
    loaded.push(name)
    return modules[name]
  }
  new Function('exports', 'require', '__importDefault', text)(exports, load, (module: unknown) => ({ default: module }))
  return { exports, loaded }
}

const SOURCE = `"use strict";
const a_1 = require("a");
const b_1 = __importDefault(require("b"));
var c_12 = require("c");
exports.c_1 = 'c_1';
exports.make = (x) => new a_1.Thing(x);
exports.text = () => \`\${(0, b_1.default)()} \${a_1.name}\`;
Object.defineProperty(exports, "again", { get: function () { return c_12.again; } });
`

describe('what oclif requires', () => {
  it('is loaded at its first use, once, and used as before', () => {
    class Thing {
      readonly x: number
      constructor(x: number) {
        this.x = x
      }
    }
    const { exports, loaded } = evaluate(lazily(SOURCE), { a: { Thing, name: 'A' }, b: () => 'B', c: { again: 3 } })
    expect(loaded).to.deep.equal([])
    const made = (exports.make as (x: number) => Thing)(7)
    expect(made).to.be.instanceOf(Thing)
    expect(made.x).to.equal(7)
    expect((exports.text as () => string)()).to.equal('B A')
    expect(exports.again).to.equal(3)
    expect(loaded).to.deep.equal(['a', 'b', 'c'])
  })
})

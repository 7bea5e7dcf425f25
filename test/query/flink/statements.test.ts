import { expect } from 'chai'
import { splitStatements } from '../../../src/query/flink/statements.ts'

const texts = (script: string) => splitStatements(script).map(({ text }) => text)

describe('a script cut into statements', () => {
  it('cuts at semicolons and leaves out what is empty', () => {
    expect(texts('SELECT 1;\n\n;SELECT 2 ; ')).to.deep.equal(['SELECT 1', 'SELECT 2'])
    expect(texts('')).to.deep.equal([])
    expect(texts(' -- nothing; here\n')).to.deep.equal([])
  })

  it('does not cut inside quotes, backticks and comments', () => {
    const statement = "SELECT 'a;''b;' AS `x;y`, /* ; */ 1 -- ; \n + 2"
    expect(texts(`${statement}; SELECT 3`)).to.deep.equal([statement, 'SELECT 3'])
  })

  it('keeps a statement set whole', () => {
    const set = 'EXECUTE STATEMENT SET\nBEGIN\n  INSERT INTO a SELECT 1;\n  INSERT INTO b SELECT 2;\nEND'
    expect(texts(`CREATE TABLE a (x INT); ${set}; SELECT 1`)).to.deep.equal(['CREATE TABLE a (x INT)', set, 'SELECT 1'])
  })

  it('a CASE … END is no end of a set', () => {
    const set = 'EXECUTE STATEMENT SET BEGIN INSERT INTO a SELECT CASE WHEN x THEN 1 END; INSERT INTO b SELECT 2; END'
    expect(texts(`${set};`)).to.deep.equal([set])
  })

  it('knows where each statement begins', () => {
    const script = '-- head\nSELECT 1;\n\n  /* two */ SELECT 2; SELECT 3'
    expect(splitStatements(script).map(({ line, column }) => [line, column])).to.deep.equal([
      [2, 1],
      [4, 13],
      [4, 23],
    ])
  })
})

import { expect } from 'chai'
import { flinkError, readFailure } from '../../../src/query/flink/failure.ts'

/** As the gateway of Flink 2.2.1 answers, frames shortened. */
const UNKNOWN_TABLE = [
  'Internal server error.',
  `<Exception on server side:
org.apache.flink.table.gateway.api.utils.SqlGatewayException: org.apache.flink.table.gateway.api.utils.SqlGatewayException: Failed to fetchResults.
\tat org.apache.flink.table.gateway.rest.handler.statement.FetchResultsHandler.handleRequest(FetchResultsHandler.java:91)
Caused by: org.apache.flink.table.api.ValidationException: SQL validation failed. From line 1, column 17 to line 1, column 19: Object 'bar' not found
\tat org.apache.flink.table.planner.calcite.FlinkPlannerImpl.org$apache$flink$validate(FlinkPlannerImpl.scala:200)
\t... 7 more
Caused by: org.apache.calcite.runtime.CalciteContextException: From line 1, column 17 to line 1, column 19: Object 'bar' not found
\tat java.base/jdk.internal.reflect.NativeConstructorAccessorImpl.newInstance0(Native Method)
Caused by: org.apache.calcite.sql.validate.SqlValidatorException: Object 'bar' not found
\t... 40 more

End of exception on server side>`,
]

const FAILED_JOB = [
  'Internal server error.',
  `<Exception on server side:
org.apache.flink.table.gateway.api.utils.SqlGatewayException: Failed to fetchResults.
\tat a.B.c(B.java:1)
Caused by: java.lang.RuntimeException: Failed to fetch next result
\tat a.B.c(B.java:1)
Caused by: java.lang.ArithmeticException: / by zero
\tat StreamExecCalc$5.processElement(Unknown Source)
\t... 3 more

End of exception on server side>`,
]

const SYNTAX = [
  'Internal server error.',
  `<Exception on server side:
org.apache.flink.table.gateway.api.utils.SqlGatewayException: Failed.
\tat a.B.c(B.java:1)
Caused by: org.apache.flink.table.api.SqlParserException: SQL parse failed. Encountered "+ *" at line 3, column 10.
Was expecting one of:
    <EOF>
    "AS" ...
\tat a.B.c(B.java:1)
Caused by: org.apache.flink.sql.parser.impl.ParseException: Encountered "+ *" at line 3, column 10.
Was expecting one of:
    <EOF>
    "AS" ...
    ""
\tat a.B.c(B.java:1)

End of exception on server side>`,
]

describe('what the SQL gateway says of a failure', () => {
  it('takes the innermost cause and the place that an outer one names', () => {
    expect(readFailure(UNKNOWN_TABLE)).to.deep.equal({
      message: "Object 'bar' not found",
      exception: 'SqlValidatorException',
      line: 1,
      column: 17,
    })
  })

  it('keeps the class of an exception that says more than "invalid"', () => {
    expect(readFailure(FAILED_JOB)).to.deep.equal({ message: 'ArithmeticException: / by zero', exception: 'ArithmeticException' })
  })

  it('leaves out the words that the parser would have taken, and tells the place once', () => {
    expect(readFailure(SYNTAX)).to.deep.equal({
      message: 'ParseException: Encountered "+ *".',
      exception: 'ParseException',
      line: 3,
      column: 10,
    })
  })

  it('copes with an answer that holds no stack', () => {
    expect(readFailure(['Session does not exist.'])).to.include({ message: 'Session does not exist.' })
    expect(readFailure([]).message).to.equal('')
  })

  it('says place and reason to people', () => {
    const error = flinkError(readFailure(UNKNOWN_TABLE), 'statement 2')
    expect(error.code).to.equal('SHITOPS_E_FLINK_REFUSED')
    expect(error.message).to.equal("Flink does not run statement 2 (line 1, column 17): Object 'bar' not found")
  })
})

package shitops.flink;

import org.apache.flink.table.functions.AggregateFunction;

/** What the functions share: rows in their order, kept, merged and taken away. */
abstract class SeriesFunction<T> extends AggregateFunction<T, Rows> {
  @Override
  public Rows createAccumulator() {
    return new Rows();
  }

  public void merge(Rows into, Iterable<Rows> others) {
    for (Rows other : others) into.addAll(other);
  }

  public void resetAccumulator(Rows rows) {
    rows.clear();
  }

  static void set(Rows rows, double... constants) {
    if (rows.constants.length == 0) rows.constants = constants;
  }
}

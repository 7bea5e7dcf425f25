package shitops.flink;

/** EWMA(value, alpha). */
public class Ewma extends SeriesFunction<Double> {
  public void accumulate(Rows rows, Double value, Double alpha) {
    set(rows, alpha);
    if (value != null) rows.add(value, 0);
  }

  public void retract(Rows rows, Double value, Double alpha) {
    if (value != null) rows.remove(value, 0);
  }

  @Override
  public Double getValue(Rows rows) {
    return rows.constants.length == 0 ? null : Folds.ewma(rows.x, rows.head, rows.end, rows.constants[0]);
  }
}

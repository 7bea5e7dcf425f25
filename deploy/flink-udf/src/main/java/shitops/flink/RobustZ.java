package shitops.flink;

/** ROBUST_Z(value). */
public class RobustZ extends SeriesFunction<Double> {
  public void accumulate(Rows rows, Double value) {
    if (value != null) rows.add(value, 0);
  }

  public void retract(Rows rows, Double value) {
    if (value != null) rows.remove(value, 0);
  }

  @Override
  public Double getValue(Rows rows) {
    return Folds.robustZ(rows.x, rows.head, rows.end);
  }
}

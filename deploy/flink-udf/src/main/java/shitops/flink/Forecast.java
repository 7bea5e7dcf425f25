package shitops.flink;

/** FORECAST(value, steps [, level [, period]]): an array of value, low and high. */
public class Forecast extends SeriesFunction<Double[]> {
  public void accumulate(Rows rows, Double value, Integer steps, Double level, Integer period) {
    set(rows, steps, level, period);
    if (value != null) rows.add(value, 0);
  }

  public void accumulate(Rows rows, Double value, Integer steps, Double level) {
    accumulate(rows, value, steps, level, 0);
  }

  public void accumulate(Rows rows, Double value, Integer steps) {
    accumulate(rows, value, steps, 0.9, 0);
  }

  public void retract(Rows rows, Double value, Integer steps, Double level, Integer period) {
    if (value != null) rows.remove(value, 0);
  }

  public void retract(Rows rows, Double value, Integer steps, Double level) {
    retract(rows, value, steps, level, 0);
  }

  public void retract(Rows rows, Double value, Integer steps) {
    retract(rows, value, steps, 0.9, 0);
  }

  @Override
  public Double[] getValue(Rows rows) {
    double[] c = rows.constants;
    return c.length == 0 ? null : Folds.forecast(rows.x, rows.head, rows.end, (int) c[0], c[1], (int) c[2]);
  }
}

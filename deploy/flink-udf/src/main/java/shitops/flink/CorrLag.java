package shitops.flink;

/** CORR_LAG(x, y, lag): of x with the y of lag rows before. */
public class CorrLag extends SeriesFunction<Double> {
  public void accumulate(Rows rows, Double x, Double y, Integer lag) {
    set(rows, lag);
    if (x != null && y != null) rows.add(x, y);
  }

  public void retract(Rows rows, Double x, Double y, Integer lag) {
    if (x != null && y != null) rows.remove(x, y);
  }

  @Override
  public Double getValue(Rows rows) {
    return rows.constants.length == 0 ? null : Folds.corrLag(rows.x, rows.y, rows.head, rows.end, (int) rows.constants[0]);
  }
}

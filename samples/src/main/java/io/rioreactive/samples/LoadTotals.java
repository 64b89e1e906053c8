package io.rioreactive.samples;

/**
 * What a load has come to.
 *
 * @param sent datagrams handed to the kernel
 * @param echoed of those, answered
 * @param underWay of those, waited for
 * @param late of those, answered after they had been given up; they are not lost
 * @param duplicates further answers to the same datagram
 * @param foreign datagrams that are no answers of ours
 */
record LoadTotals(long sent, long echoed, long underWay, long late, long duplicates, long foreign) {

  static final LoadTotals NONE = new LoadTotals(0, 0, 0, 0, 0, 0);

  LoadTotals plus(LoadTotals other) {
    return new LoadTotals(
        sent + other.sent,
        echoed + other.echoed,
        underWay + other.underWay,
        late + other.late,
        duplicates + other.duplicates,
        foreign + other.foreign);
  }

  long lost() {
    return sent - echoed - underWay;
  }

  @Override
  public String toString() {
    return "sent %,d, echoed %,d, lost %,d (%.3f %%); late %,d, duplicates %,d, not ours %,d"
        .formatted(
            sent, echoed, lost(), sent == 0 ? 0 : 100.0 * lost() / sent, late, duplicates, foreign);
  }
}

package io.rioreactive.samples.syslogkafka;

import org.jspecify.annotations.Nullable;

/** Notices that Kafka acknowledges nothing while something waits for it. Asked once a second. */
final class StallWatch {

  private static final int PATIENCE = 5; // seconds

  private long endedBefore;
  private int silence;

  /**
   * News, or null.
   *
   * @param ended records of which Kafka has said what became of them
   * @param underWay datagrams that were received and of which it has not
   */
  @Nullable String onSecond(long ended, long underWay) {
    if (ended == endedBefore && underWay > 0) {
      silence++;
      return silence == PATIENCE
          ? "Kafka has acknowledged nothing for "
              + PATIENCE
              + " s: what was received is kept until it does; once --in-flight wait, no receive"
              + " is posted, and what comes waits in the socket and then is dropped and counted by"
              + " the kernel"
          : null;
    }
    int wasSilent = silence;
    endedBefore = ended;
    silence = 0;
    return wasSilent >= PATIENCE ? "Kafka goes on after " + wasSilent + " s" : null;
  }
}

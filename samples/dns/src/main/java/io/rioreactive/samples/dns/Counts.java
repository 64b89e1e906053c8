package io.rioreactive.samples.dns;

import java.util.StringJoiner;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.xbill.DNS.Rcode;

/** What has become of the messages so far. Any thread. */
final class Counts {

  private final AtomicLongArray answers = new AtomicLongArray(Rcode.BADVERS + 1);
  private final AtomicLong truncated = new AtomicLong();
  private final AtomicLong ignored = new AtomicLong();

  void onAnswer(int rcode) {
    answers.incrementAndGet(rcode);
  }

  /** One of the answers did not fit, and says so. */
  void onTruncated() {
    truncated.incrementAndGet();
  }

  /** A message is not to be answered. */
  void onIgnored() {
    ignored.incrementAndGet();
  }

  long answered() {
    long sum = 0;
    for (int rcode = 0; rcode < answers.length(); rcode++) {
      sum += answers.get(rcode);
    }
    return sum;
  }

  long answered(int rcode) {
    return answers.get(rcode);
  }

  long truncated() {
    return truncated.get();
  }

  long ignored() {
    return ignored.get();
  }

  /** As {@code answered 12 (NOERROR 9, NXDOMAIN 3), truncated 1, ignored 0}. */
  @Override
  public String toString() {
    StringJoiner byRcode = new StringJoiner(", ", " (", ")").setEmptyValue("");
    for (int rcode = 0; rcode < answers.length(); rcode++) {
      if (answers.get(rcode) > 0) {
        byRcode.add(Rcode.string(rcode) + " " + answers.get(rcode));
      }
    }
    return "answered " + answered() + byRcode + ", truncated " + truncated + ", ignored " + ignored;
  }
}

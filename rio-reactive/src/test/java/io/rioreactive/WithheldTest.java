package io.rioreactive;

import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.kernel.KernelException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

/** What the log has of the application's exceptions: everything but what they say. */
class WithheldTest {

  private static final String SECRET = "patient 4711\r\n[main] ERROR forged line";

  private final UdpOptions plain = new UdpOptions();
  private final UdpOptions tapped = plain.with(options -> options.wiretap = true);

  private static String print(Throwable thrown) {
    StringWriter text = new StringWriter();
    thrown.printStackTrace(new PrintWriter(text, true));
    return text.toString();
  }

  private static NumberFormatException failure() {
    NumberFormatException failure = new NumberFormatException("For input string: " + SECRET);
    failure.initCause(new IOException(SECRET, new IllegalStateException(SECRET)));
    failure.addSuppressed(new IllegalArgumentException(SECRET));
    return failure;
  }

  @Test
  void classesAndStacksAreThereAndMessagesAreNot() {
    Throwable withheld = Withheld.of(failure(), plain);

    assertThat(print(withheld))
        .contains("java.lang.NumberFormatException", "may quote a datagram")
        .contains("Caused by: ", "java.io.IOException", "java.lang.IllegalStateException")
        .contains("WithheldTest.failure")
        .doesNotContain("patient", "forged line", "For input string");
    assertThat(withheld.getMessage()).doesNotContain("patient");
    assertThat(Withheld.text(failure(), plain)).isEqualTo("java.lang.NumberFormatException");
  }

  @Test
  void whereThePayloadIsLoggedAnywayTheyAreThere() {
    NumberFormatException failure = failure();

    assertThat(Withheld.of(failure, tapped)).isSameAs(failure);
    assertThat(Withheld.text(failure, tapped)).contains("patient");
  }

  @Test
  void whatTheLibrarySaysItselfIsThere() {
    Throwable refusal =
        new KernelException(KernelException.Kind.OTHER, "send", "E", 1, "what to do about it");

    assertThat(Withheld.of(refusal, plain)).isSameAs(refusal);
    Throwable unsendable =
        DatagramWriter.Unsendable.shared(DropReason.AMPLIFICATION, "what to do about that");
    assertThat(Withheld.of(unsendable, plain)).isSameAs(unsendable);
  }

  @Test
  void causesThatGoRoundInACircleEndSomewhere() {
    IOException one = new IOException("quote one");
    IOException other = new IOException("quote one more", one);
    one.initCause(other);

    assertThat(print(Withheld.of(one, plain))).doesNotContain("quote one");
  }
}

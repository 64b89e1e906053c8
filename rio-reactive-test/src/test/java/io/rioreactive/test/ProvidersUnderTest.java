package io.rioreactive.test;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.condition.OS;

/**
 * The providers that tests on real sockets run over: those of this system, or the part of them that
 * {@code -Dtest.providers=a,b} names. A run in the Windows JVM on Linux has {@code windows-rio}
 * only with a double of Registered I/O, and a run with the double is about nothing else.
 */
public final class ProvidersUnderTest {

  private static final String CHOSEN = System.getProperty("test.providers");

  private ProvidersUnderTest() {}

  /**
   * All of this system's; for {@code @MethodSource}. A test says {@link Needs#provider} besides.
   */
  public static Stream<String> names() {
    return switch (OS.current()) {
      case LINUX -> Stream.of("linux-mmsg", "linux-uring", "nio");
      case WINDOWS -> Stream.of("windows-rio", "windows-iocp", "nio");
      default -> Stream.of("nio");
    };
  }

  /** Those with a path of their own from the kernel to the decoder: the JDK's channels allocate. */
  public static Stream<String> thatAllocateNothing() {
    return names().filter(name -> !name.equals("nio"));
  }

  static boolean contains(String name) {
    return CHOSEN == null || List.of(CHOSEN.split(",")).contains(name);
  }
}

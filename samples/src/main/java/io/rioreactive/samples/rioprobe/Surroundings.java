package io.rioreactive.samples.rioprobe;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.rioreactive.ffm.NativeFunction;
import io.rioreactive.ffm.NativeLibrary;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Who gives the answers: the system with its build number, the processor, the JDK, and which
 * Winsock. On Wine or with another library in Winsock's place they say nothing about Windows.
 *
 * @param system as the JDK names it, with its full version
 * @param processor its name, and how many there are
 * @param jdk its version
 * @param winsock {@code ws2_32}, or the library that stands in for it
 * @param wine the version of Wine; null on Windows
 */
record Surroundings(
    String system, String processor, String jdk, String winsock, @Nullable String wine) {

  private static final String WS2_32 = "ws2_32";
  private static final int LONGEST_VERSION = 100;

  /** Asks a Windows. */
  static Surroundings look(String winsockLibrary) {
    return new Surroundings(
        System.getProperty("os.name") + " (" + find("\\d+(\\.\\d+)+", "cmd", "/c", "ver") + ")",
        find(
                "(?<=REG_SZ)\\s+(.*\\S)",
                "reg",
                "query",
                "HKLM\\HARDWARE\\DESCRIPTION\\System\\CentralProcessor\\0",
                "/v",
                "ProcessorNameString")
            + ", "
            + Runtime.getRuntime().availableProcessors()
            + " logical",
        System.getProperty("java.vendor") + " " + System.getProperty("java.runtime.version"),
        winsockLibrary.substring(1 + winsockLibrary.replace('\\', '/').lastIndexOf('/')),
        wineVersion());
  }

  /** One line for the head of the table. */
  String text() {
    return "%s; %s; JDK %s; Winsock: %s".formatted(system, processor, jdk, winsock);
  }

  /** Why the answers prove nothing about Windows; null where they do. */
  @Nullable String caveat() {
    boolean isDouble = !winsock.equalsIgnoreCase(WS2_32);
    if (wine == null && !isDouble) {
      return null;
    }
    String who = wine == null ? winsock : "Wine " + wine + (isDouble ? " with " + winsock : "");
    return "These answers come from " + who + ". They prove nothing about Windows.";
  }

  /** The first match in what a program prints. */
  private static String find(String regex, String... command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      try {
        process.getOutputStream().close();
        if (!process.waitFor(20, TimeUnit.SECONDS)) {
          return "unknown";
        }
        Matcher matcher =
            Pattern.compile(regex)
                .matcher(new String(process.getInputStream().readAllBytes(), ISO_8859_1));
        return matcher.find() ? matcher.group().strip() : "unknown";
      } finally {
        process.destroyForcibly();
      }
    } catch (IOException e) {
      return "unknown";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "unknown";
    }
  }

  /** Wine's ntdll has a function that no Windows has. */
  private static @Nullable String wineVersion() {
    NativeFunction function;
    try {
      function = NativeLibrary.load("ntdll").function("wine_get_version", JAVA_LONG);
    } catch (UnsatisfiedLinkError isWindows) {
      return null;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment copy = arena.allocate(LONGEST_VERSION);
      long version = (long) function.plain().invokeExact();
      long copied =
          (long)
              NativeLibrary.load("kernel32")
                  .function("lstrcpynA", JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT)
                  .plain()
                  .invokeExact(copy.address(), version, LONGEST_VERSION);
      return copied == 0 ? "of an unknown version" : copy.getString(0);
    } catch (Throwable e) {
      throw NativeFunction.unexpected(e);
    }
  }
}

package io.rioreactive.ffm;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.RioUdpServer;
import java.io.InputStream;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/**
 * What a native image is told of this library's calls into C is what it calls: an image that was
 * not told of one fails when it is made, at run time.
 *
 * <p>Each system's calls are compared on that system, for elsewhere their classes cannot be loaded.
 */
class ReachabilityMetadataTest {

  private static final String METADATA =
      "/META-INF/native-image/io.rioreactive/rio-reactive/reachability-metadata.json";

  @Test
  @EnabledOnOs(OS.LINUX)
  void hasEveryCallOnLinux() throws Exception {
    List<String> calls = new ArrayList<>();
    addCalls(calls, "io.rioreactive.kernel.linux.LibC", 0);

    assertThat(calls).hasSizeGreaterThan(20);
    assertThat(entries()).containsAll(calls);
  }

  @Test
  @EnabledOnOs(OS.WINDOWS)
  void hasEveryCallOnWindows() throws Exception {
    List<String> calls = new ArrayList<>();
    addCalls(calls, "io.rioreactive.kernel.windows.Kernel32", 0);
    addCalls(calls, "io.rioreactive.kernel.windows.Winsock", 0);
    addCalls(calls, "io.rioreactive.kernel.windows.RioFunctions", 1);

    assertThat(calls).hasSizeGreaterThan(30);
    assertThat(entries()).containsAll(calls);
  }

  /** One line each, as they stand in the file; which argument is variadic is left out. */
  private static List<String> entries() throws Exception {
    try (InputStream file = RioUdpServer.class.getResourceAsStream(METADATA)) {
      return new String(file.readAllBytes(), UTF_8)
          .lines()
          .map(line -> line.strip().replaceFirst(",$", ""))
          .filter(line -> line.startsWith("{\"returnType\""))
          .map(line -> line.replace(", \"firstVariadicArg\": 1", ""))
          .map(line -> line.replace(", \"options\": {\"firstVariadicArg\": 1}", ""))
          .toList();
    }
  }

  /**
   * The calls that a class makes.
   *
   * @param addresses how many arguments its handles take for the function's address
   */
  private static void addCalls(List<String> calls, String caller, int addresses) throws Exception {
    for (Field field : Class.forName(caller).getDeclaredFields()) {
      if (Modifier.isStatic(field.getModifiers())) {
        field.setAccessible(true);
        switch (field.get(null)) {
          case MethodHandle handle -> calls.add(entry(handle.type(), addresses));
          case NativeFunction function -> calls.add(capturing(function));
          case FunctionType type -> calls.add(capturing(type));
          case null, default -> {}
        }
      }
    }
  }

  /** Addresses are numbers to the callers, so a segment is the function's, or where errors go. */
  private static String entry(MethodType type, int addresses) {
    List<String> types = new ArrayList<>();
    int segments = 0;
    for (Class<?> parameter : type.parameterList()) {
      if (parameter == MemorySegment.class) {
        segments++;
      } else {
        types.add(name(parameter));
      }
    }
    return entry(name(type.returnType()), types, segments > addresses);
  }

  /** Those that are kept as functions are called by handles that belong to an instance. */
  private static String capturing(Object function) throws ReflectiveOperationException {
    Field field = function.getClass().getDeclaredField("descriptor");
    field.setAccessible(true);
    FunctionDescriptor descriptor = (FunctionDescriptor) field.get(function);
    return entry(
        descriptor.returnLayout().map(ReachabilityMetadataTest::name).orElse("void"),
        descriptor.argumentLayouts().stream().map(ReachabilityMetadataTest::name).toList(),
        true);
  }

  private static String entry(String result, List<String> types, boolean captures) {
    return "{\"returnType\": \"%s\", \"parameterTypes\": [%s]%s}"
        .formatted(
            result,
            types.stream().map(type -> '"' + type + '"').collect(Collectors.joining(", ")),
            captures ? ", \"options\": {\"captureCallState\": true}" : "");
  }

  private static String name(MemoryLayout layout) {
    return name(((ValueLayout) layout).carrier());
  }

  private static String name(Class<?> type) {
    return type == void.class ? "void" : "j" + type.getName();
  }
}

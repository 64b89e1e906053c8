package io.rioreactive.kernel.abi;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.ffm.Struct;
import io.rioreactive.kernel.ControlMessages;
import java.lang.foreign.Arena;
import java.lang.foreign.GroupLayout;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.PaddingLayout;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a provider's Java code believes of its system, as the lines that a program in the system's
 * own terms (src/test/c/linux-abi, src/test/rust/windows-abi) prints:
 *
 * <pre>
 * NAME size align             a layout
 * NAME.field offset size      each field of it
 * NAME value                  a constant or an error code
 * NAME(size, size) size       a function: its arguments and its result, 0 for none
 * </pre>
 *
 * <p>A value is a Java literal without a sign: hexadecimal from 65,536 on, and a {@code long} ends
 * in {@code L}, so that a value of the wrong width is another line.
 *
 * <p>It takes every field or method of a class and refuses a type that it has no line for: nothing
 * that such a class holds stays unproven.
 */
public final class JavaAbi {

  /** A field of a layout that stands for all those nobody reads: the layout's size proves it. */
  private static final String REST = "rest";

  private static final Map<Class<?>, Integer> SIZES =
      Map.of(void.class, 0, int.class, Integer.BYTES, long.class, Long.BYTES);

  private final List<String> lines = new ArrayList<>();

  /** Every layout that a class holds. */
  public JavaAbi layouts(Class<?> holder) throws IllegalAccessException {
    for (Field field : fields(holder)) {
      switch (field.get(null)) {
        case Struct struct -> layout(struct.layout());
        case GroupLayout layout -> layout(layout);
        default -> throw noLineFor(field);
      }
    }
    return this;
  }

  private void layout(GroupLayout layout) {
    String name = layout.name().orElseThrow();
    lines.add(name + " " + layout.byteSize() + " " + layout.byteAlignment());
    for (MemoryLayout member : layout.memberLayouts()) {
      if (!(member instanceof PaddingLayout) && !member.name().orElseThrow().equals(REST)) {
        String field = member.name().orElseThrow();
        long offset = layout.byteOffset(PathElement.groupElement(field));
        lines.add(name + "." + field + " " + offset + " " + member.byteSize());
      }
    }
  }

  /** Every constant that a class holds, under its field's name. */
  public JavaAbi constants(Class<?> holder) throws IllegalAccessException {
    for (Field field : fields(holder)) {
      switch (field.get(null)) {
        case Integer value -> constant(field.getName(), value);
        case Long value -> constant(field.getName(), value);
        default -> throw noLineFor(field);
      }
    }
    return this;
  }

  /** A constant of 32 bits. */
  public JavaAbi constant(String name, int value) {
    lines.add(name + " " + literal(Integer.toUnsignedLong(value)));
    return this;
  }

  /** A constant of 64 bits. */
  public JavaAbi constant(String name, long value) {
    lines.add(name + " " + literal(value) + "L");
    return this;
  }

  /**
   * Every function that a class calls: its methods have the functions' names and arguments, those
   * that capture the error where others do not with {@code Capturing} behind the name. An argument
   * narrower than an {@code int} is passed as one. The class is not initialised, for that takes the
   * system itself; so a number among its fields could not be read, and is refused.
   *
   * @param others names of methods that are no functions
   */
  public JavaAbi functions(Class<?> caller, String... others) {
    for (Field field : caller.getDeclaredFields()) {
      if (Modifier.isStatic(field.getModifiers()) && SIZES.containsKey(field.getType())) {
        throw noLineFor(field);
      }
    }
    Set<String> names = Set.of(others);
    for (Method method : caller.getDeclaredMethods()) {
      int modifiers = method.getModifiers();
      boolean isOwn = Modifier.isStatic(modifiers) || Modifier.isPrivate(modifiers);
      if (!isOwn && !method.isSynthetic() && !names.contains(method.getName())) {
        lines.add(method.getName().replaceFirst("Capturing$", "") + sizes(method));
      }
    }
    return this;
  }

  private static String sizes(Method method) {
    String arguments =
        Arrays.stream(method.getParameterTypes())
            .map(type -> size(method, type))
            .collect(Collectors.joining(", "));
    return "(" + arguments + ") " + size(method, method.getReturnType());
  }

  private static String size(Method method, Class<?> type) {
    Integer size = SIZES.get(type);
    if (size == null) {
      throw noLineFor(method);
    }
    return size.toString();
  }

  /** All lines so far. */
  public AbiLines lines() {
    return new AbiLines("Java", List.copyOf(lines));
  }

  private static String literal(long value) {
    return Long.compareUnsigned(value, 0x10000) < 0
        ? Long.toString(value)
        : "0x" + Long.toHexString(value).toUpperCase(Locale.ROOT);
  }

  private static List<Field> fields(Class<?> holder) {
    List<Field> fields = new ArrayList<>();
    for (Field field : holder.getDeclaredFields()) {
      if (!field.isSynthetic()) {
        field.setAccessible(true);
        fields.add(field);
      }
    }
    return fields;
  }

  private static AssertionError noLineFor(Member member) {
    return new AssertionError("nothing proves a member of this type: " + member);
  }

  /** That {@link ControlMessages}, which has offsets of its own, writes this header. */
  public static void assertControlMessagesBeginWith(Struct header) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate(64, Long.BYTES);
      long data = new ControlMessages(memory, 0, 64).put(0, 7, 9, 4);

      assertThat(data).isEqualTo(header.size());
      assertThat(memory.get(JAVA_LONG, header.offset("cmsg_len"))).isEqualTo(header.size() + 4);
      assertThat(memory.get(JAVA_INT, header.offset("cmsg_level"))).isEqualTo(7);
      assertThat(memory.get(JAVA_INT, header.offset("cmsg_type"))).isEqualTo(9);
    }
  }
}

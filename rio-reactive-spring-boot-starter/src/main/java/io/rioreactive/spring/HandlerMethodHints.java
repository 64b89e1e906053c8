package io.rioreactive.spring;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.util.HashSet;
import java.util.Set;
import org.springframework.aot.hint.BindingReflectionHintsRegistrar;
import org.springframework.aot.hint.ExecutableMode;
import org.springframework.aot.hint.ReflectionHints;
import org.springframework.aot.hint.annotation.ReflectiveProcessor;
import org.springframework.core.ResolvableType;

/**
 * What a native image has to know of a {@link RioDatagramHandler} method: that it is called by
 * reflection, and which types are read and written.
 */
final class HandlerMethodHints implements ReflectiveProcessor {

  private final BindingReflectionHintsRegistrar bindings = new BindingReflectionHintsRegistrar();

  @Override
  public void registerReflectionHints(ReflectionHints hints, AnnotatedElement element) {
    if (element instanceof Method method) {
      hints.registerMethod(method, ExecutableMode.INVOKE);
      Set<ResolvableType> seen = new HashSet<>();
      for (int i = 0; i < method.getParameterCount(); i++) {
        registerPayload(hints, ResolvableType.forMethodParameter(method, i), seen);
      }
      registerPayload(hints, ResolvableType.forMethodReturnType(method), seen);
    }
  }

  /** The type itself, unless no codec meets it; of a publisher or a list, what it is of. */
  private void registerPayload(
      ReflectionHints hints, ResolvableType type, Set<ResolvableType> seen) {
    if (!seen.add(type)) {
      return; // of a type that is bound to itself
    }
    Class<?> raw = type.toClass();
    if (!isKnown(raw)) {
      bindings.registerReflectionHints(hints, raw);
    }
    for (ResolvableType generic : type.getGenerics()) {
      registerPayload(hints, generic, seen);
    }
  }

  private static boolean isKnown(Class<?> type) {
    String name = type.getName();
    return type.isPrimitive()
        || type.isArray()
        || name.startsWith("java.")
        || name.startsWith("reactor.")
        || name.startsWith("org.reactivestreams.")
        || name.startsWith("org.springframework.core.io.buffer.")
        || name.equals("io.rioreactive.Datagram");
  }
}

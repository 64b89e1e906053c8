package io.rioreactive;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Passes our publishers through Reactor's assembly hooks, which only subclasses can reach. */
final class Assembly {

  private Assembly() {}

  static <T> Flux<T> of(Flux<T> flux) {
    return FluxHooks.apply(flux);
  }

  static <T> Mono<T> of(Mono<T> mono) {
    return MonoHooks.apply(mono);
  }

  private abstract static class FluxHooks<T> extends Flux<T> {
    static <T> Flux<T> apply(Flux<T> flux) {
      return onAssembly(flux);
    }
  }

  private abstract static class MonoHooks<T> extends Mono<T> {
    static <T> Mono<T> apply(Mono<T> mono) {
      return onAssembly(mono);
    }
  }
}

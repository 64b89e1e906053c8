package io.rioreactive.spring.boot;

import io.rioreactive.RioUdpServer;
import io.rioreactive.spring.DatagramCodecs;
import io.rioreactive.spring.RioDatagramHandler;
import io.rioreactive.spring.boot.HandlerSignature.ImpossibleSignature;
import java.lang.reflect.Method;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.diagnostics.FailureAnalyzedException;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.MethodIntrospector.MetadataLookup;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.util.InvalidMimeTypeException;
import org.springframework.util.MimeType;
import org.springframework.util.MimeTypeUtils;
import org.springframework.util.ReflectionUtils;
import reactor.core.publisher.Mono;

/**
 * Finds the handler methods of all beans, checks each, and gives it to its server. Once, when all
 * singletons are made: what is wrong fails the start before anything is bound.
 */
final class DatagramHandlers implements SmartInitializingSingleton {

  private static final Logger LOG = LoggerFactory.getLogger(DatagramHandlers.class);

  private final ConfigurableListableBeanFactory factory;
  private final RioUdpProperties properties;
  private final DatagramCodecs codecs;
  private final HandlerThreads threads;

  /** Null until they have been found. */
  private @Nullable Map<String, RioUdpServer> servers;

  /** A method of a bean. */
  private record Handler(String bean, HandlerMethod method) {

    @Override
    public String toString() {
      return method + " of the bean '" + bean + "'";
    }
  }

  DatagramHandlers(
      ConfigurableListableBeanFactory factory,
      RioUdpProperties properties,
      DatagramCodecs codecs,
      HandlerThreads threads) {
    this.factory = factory;
    this.properties = properties;
    this.codecs = codecs;
    this.threads = threads;
  }

  /** All servers by name, each with its handler if it has one. */
  Map<String, RioUdpServer> servers() {
    return Objects.requireNonNull(servers, "asked for before all singletons were made");
  }

  @Override
  public void afterSingletonsInstantiated() {
    Map<String, RioUdpServer> all = new LinkedHashMap<>();
    ServerNames.beansIn(factory)
        .forEach((name, bean) -> all.put(name, factory.getBean(bean, RioUdpServer.class)));
    Map<String, Handler> handlers = find(all.keySet());
    all.replaceAll(
        (name, server) -> {
          Handler handler = handlers.get(name);
          return handler == null ? server : withHandler(name, server, handler);
        });
    servers = all;
  }

  private RioUdpServer withHandler(String name, RioUdpServer server, Handler handler) {
    if (hasHandler(server)) {
      throw twoHandlers(
          name, handler + " and what handle() or respond() of RioUdpServer was given");
    }
    LOG.info("UDP server \"{}\" is answered by {}", name, handler);
    RioUdpProperties.Server said = properties.of(name);
    Integer concurrency = said == null ? null : said.concurrency();
    return concurrency == null
        ? server.respond(handler.method())
        : server.respond(handler.method(), concurrency);
  }

  /** It tells nobody, but it refuses the one beside the other. */
  private static boolean hasHandler(RioUdpServer server) {
    try {
      RioUdpServer _ = server.handle((in, out) -> Mono.never());
      RioUdpServer _ = server.respond(query -> Mono.empty());
      return false;
    } catch (IllegalStateException refused) {
      return true;
    }
  }

  private static FailureAnalyzedException twoHandlers(String name, String both) {
    return new FailureAnalyzedException(
        "The UDP server \"%s\" has two handlers: %s.".formatted(name, both),
        "Leave one of them, which may call the other; or give each a server of its own, named by"
            + " @RioDatagramHandler(server = \"...\").");
  }

  /** By the names of their servers. */
  private Map<String, Handler> find(Set<String> names) {
    Map<String, Handler> handlers = new LinkedHashMap<>();
    for (String bean : factory.getBeanNamesForType(Object.class, true, false)) {
      Class<?> type = typeOf(bean);
      if (type != null) {
        annotatedMethods(type)
            .forEach(
                (method, annotation) -> {
                  Handler handler = handler(bean, type, method, annotation);
                  String name = serverOf(handler, annotation.server(), names);
                  Handler other = handlers.put(name, handler);
                  if (other != null) {
                    throw twoHandlers(name, other + " and " + handler);
                  }
                });
      }
    }
    return handlers;
  }

  /** Null for what has none, or has no handlers. */
  private @Nullable Class<?> typeOf(String bean) {
    if (ScopedProxyUtils.isScopedTarget(bean)) {
      return null; // its proxy has them
    }
    Class<?> type = AutoProxyUtils.determineTargetClass(factory, bean);
    return type == null || type.getName().startsWith("org.springframework.") ? null : type;
  }

  private static Map<Method, RioDatagramHandler> annotatedMethods(Class<?> type) {
    MetadataLookup<RioDatagramHandler> lookup =
        method -> AnnotatedElementUtils.findMergedAnnotation(method, RioDatagramHandler.class);
    try {
      return MethodIntrospector.selectMethods(type, lookup);
    } catch (LinkageError missing) { // a type in some method, of a library that is optional
      LOG.debug("{} is not looked at for handlers: {}", type.getName(), missing.toString());
      return Map.of();
    }
  }

  private Handler handler(
      String name, Class<?> type, Method method, RioDatagramHandler annotation) {
    try {
      MimeType mimeType = mimeType(annotation);
      HandlerSignature signature = HandlerSignature.of(method, type, mimeType, codecs);
      Object bean = factory.getBean(name);
      Method invocable = AopUtils.selectInvocableMethod(method, bean.getClass());
      ReflectionUtils.makeAccessible(invocable);
      return new Handler(name, new HandlerMethod(bean, invocable, signature, codecs, threads));
    } catch (ImpossibleSignature impossible) {
      throw refusal(name, method, impossible, impossible.remedy());
    } catch (InvalidMimeTypeException wrong) {
      throw refusal(name, method, wrong, "Correct mimeType: it is like application/json.");
    } catch (IllegalStateException hidden) { // by a proxy
      throw refusal(
          name, method, hidden, "Make the method public, in a class that can be proxied.");
    }
  }

  private static @Nullable MimeType mimeType(RioDatagramHandler annotation) {
    String text = annotation.mimeType();
    return text.isEmpty() ? null : MimeTypeUtils.parseMimeType(text);
  }

  private static FailureAnalyzedException refusal(
      String bean, Method method, RuntimeException reason, String remedy) {
    return new FailureAnalyzedException(
        "The @RioDatagramHandler method %s of the bean '%s' cannot be used: %s."
            .formatted(HandlerMethod.text(method), bean, reason.getMessage()),
        remedy,
        reason);
  }

  private static String serverOf(Handler handler, String wanted, Set<String> names) {
    if (names.isEmpty()) {
      throw noServer(
          handler,
          "there is no UDP server",
          "Set rio.udp.server.port, or any other property of rio.udp.server.");
    }
    if (wanted.isEmpty() && names.size() > 1) {
      throw noServer(
          handler,
          "it names no server, and there are several: " + names,
          "Name one of them: @RioDatagramHandler(server = \"...\").");
    }
    if (!wanted.isEmpty() && !names.contains(wanted)) {
      throw noServer(
          handler,
          "there is no UDP server \"" + wanted + "\" but " + names,
          "Correct the name, or set rio.udp.servers." + wanted + ".port.");
    }
    return wanted.isEmpty() ? names.iterator().next() : wanted;
  }

  private static FailureAnalyzedException noServer(Handler handler, String reason, String remedy) {
    return new FailureAnalyzedException(
        "The @RioDatagramHandler method %s has no server: %s.".formatted(handler, reason), remedy);
  }
}

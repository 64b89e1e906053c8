package io.rioreactive.spring.boot;

import io.rioreactive.RioUdpServer;
import java.util.Map;
import java.util.Set;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.ImportBeanDefinitionRegistrar;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotationMetadata;

/**
 * Registers a bean for each of {@code rio.udp.servers.<name>}, unless the application has one that
 * is the server of that name.
 */
final class NamedServersRegistrar implements ImportBeanDefinitionRegistrar {

  private final Environment environment;
  private final ListableBeanFactory factory;

  NamedServersRegistrar(Environment environment, BeanFactory factory) {
    this.environment = environment;
    this.factory = (ListableBeanFactory) factory;
  }

  @Override
  public void registerBeanDefinitions(
      AnnotationMetadata importing, BeanDefinitionRegistry registry) {
    Set<String> present = ServerNames.beansIn(factory).keySet();
    for (String name : named()) {
      if (!present.contains(name)) {
        registry.registerBeanDefinition(ServerNames.beanOf(name), server(name));
      }
    }
  }

  private Set<String> named() {
    return Binder.get(environment)
        .bind("rio.udp.servers", Bindable.mapOf(String.class, Object.class))
        .orElseGet(Map::of)
        .keySet();
  }

  private static RootBeanDefinition server(String name) {
    RootBeanDefinition definition = new RootBeanDefinition();
    definition.setTargetType(RioUdpServer.class);
    definition.setFactoryBeanName(RioUdpAutoConfiguration.SERVER_FACTORY);
    definition.setFactoryMethodName("create");
    definition.getConstructorArgumentValues().addIndexedArgumentValue(0, name);
    return definition;
  }
}

package io.rioreactive.spring.boot;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.context.annotation.Conditional;

/** Where any property below a prefix is set. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Conditional(OnAnyPropertyCondition.class)
@interface ConditionalOnAnyProperty {

  /** The prefix, without a dot at its end. */
  String value();
}

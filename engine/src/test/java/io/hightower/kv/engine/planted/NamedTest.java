package io.hightower.kv.engine.planted;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * Runs one test method in a build of the store. It may have one parameter of an enum type, and is then run with each of its
 * constants.
 */
final class NamedTest {
    private static final int SECONDS_MAX = 60;

    private final String className;
    private final String methodName;

    /** Takes a class with its package, {@code #} and a method. */
    NamedTest(String name) {
        int split = name.indexOf('#');
        this.className = name.substring(0, split);
        this.methodName = name.substring(split + 1);
    }

    String className() {
        return className;
    }

    /**
     * Runs the test.
     *
     * @return why it failed; nothing if it passed
     * @throws IllegalStateException if it could not be run, or did not end
     */
    Optional<Throwable> runIn(ClassLoader build) throws InterruptedException {
        FutureTask<Optional<Throwable>> task = new FutureTask<>(() -> run(build));
        Thread thread = new Thread(task, methodName);
        thread.setDaemon(true);
        thread.setContextClassLoader(build);
        thread.start();
        try {
            return task.get(SECONDS_MAX, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new IllegalStateException("The test has not ended: test=" + this, e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("The test could not be run: test=" + this, e.getCause());
        }
    }

    private Optional<Throwable> run(ClassLoader build) throws ReflectiveOperationException {
        Class<?> type = Class.forName(className, true, build);
        Method method = find(type);
        List<Object[]> arguments = method.getParameterCount() == 0
                ? List.<Object[]>of(new Object[0])
                : List.of(method.getParameterTypes()[0].getEnumConstants()).stream()
                        .map(constant -> new Object[] {constant})
                        .toList();
        for (Object[] each : arguments) {
            Optional<Throwable> failure = runOnce(type, method, each);
            if (failure.isPresent()) {
                return failure;
            }
        }
        return Optional.empty();
    }

    private static Optional<Throwable> runOnce(Class<?> type, Method method, Object[] arguments)
            throws ReflectiveOperationException {
        Constructor<?> constructor = type.getDeclaredConstructor();
        constructor.setAccessible(true);
        try {
            Object test = constructor.newInstance();
            invokeAll(test, type, BeforeEach.class);
            method.invoke(test, arguments);
            invokeAll(test, type, AfterEach.class);
            return Optional.empty();
        } catch (InvocationTargetException e) {
            return Optional.of(e.getCause());
        }
    }

    private static void invokeAll(
            Object test, Class<?> type, Class<? extends java.lang.annotation.Annotation> annotation)
            throws ReflectiveOperationException {
        for (Class<?> declaring = type; declaring != Object.class; declaring = declaring.getSuperclass()) {
            for (Method method : declaring.getDeclaredMethods()) {
                if (method.isAnnotationPresent(annotation)) {
                    method.setAccessible(true);
                    method.invoke(test);
                }
            }
        }
    }

    private Method find(Class<?> type) throws NoSuchMethodException {
        for (Class<?> declaring = type; declaring != Object.class; declaring = declaring.getSuperclass()) {
            for (Method method : declaring.getDeclaredMethods()) {
                if (method.getName().equals(methodName)) {
                    method.setAccessible(true);
                    return method;
                }
            }
        }
        throw new NoSuchMethodException(this.toString());
    }

    @Override
    public String toString() {
        return className + "#" + methodName;
    }
}

package io.hightower.kv.engine.planted;

import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs one test method in a build of the store. It may have one parameter of an enum type, and is then run with each of its
 * constants; or one of {@link TestInfo}. A field for a temporary directory is given one.
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

    private Optional<Throwable> run(ClassLoader build) throws ReflectiveOperationException, IOException {
        Class<?> type = Class.forName(className, true, build);
        Method method = find(type);
        for (Object[] each : arguments(type, method)) {
            Optional<Throwable> failure = runOnce(type, method, each);
            if (failure.isPresent()) {
                return failure;
            }
        }
        return Optional.empty();
    }

    private static List<Object[]> arguments(Class<?> type, Method method) {
        if (method.getParameterCount() == 0) {
            return List.<Object[]>of(new Object[0]);
        }
        Class<?> parameter = method.getParameterTypes()[0];
        if (parameter == TestInfo.class) {
            return List.<Object[]>of(new Object[] {new Described(type, method)});
        }
        return List.of(parameter.getEnumConstants()).stream()
                .map(constant -> new Object[] {constant})
                .toList();
    }

    /** What a test is told of itself. */
    private record Described(Class<?> type, Method method) implements TestInfo {
        @Override
        public String getDisplayName() {
            return method.getName();
        }

        @Override
        public Set<String> getTags() {
            return Set.of();
        }

        @Override
        public Optional<Class<?>> getTestClass() {
            return Optional.of(type);
        }

        @Override
        public Optional<Method> getTestMethod() {
            return Optional.of(method);
        }
    }

    private static Optional<Throwable> runOnce(Class<?> type, Method method, Object[] arguments)
            throws ReflectiveOperationException, IOException {
        Constructor<?> constructor = type.getDeclaredConstructor();
        constructor.setAccessible(true);
        Path directory = Files.createTempDirectory("planted");
        try {
            Object test = constructor.newInstance();
            giveDirectory(test, type, directory);
            try {
                invokeAll(test, type, BeforeEach.class);
                method.invoke(test, arguments);
            } finally {
                invokeAll(test, type, AfterEach.class);
            }
            return Optional.empty();
        } catch (InvocationTargetException e) {
            return Optional.of(e.getCause());
        } finally {
            delete(directory);
        }
    }

    private static void giveDirectory(Object test, Class<?> type, Path directory) throws IllegalAccessException {
        for (Field field : type.getDeclaredFields()) {
            if (field.isAnnotationPresent(TempDir.class)) {
                field.setAccessible(true);
                field.set(test, directory);
            }
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
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

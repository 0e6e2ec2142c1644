package io.hightower.kv.storage.log;

import io.hightower.kv.statemachine.StorageException;
import io.hightower.kv.storage.file.Disk;
import io.hightower.kv.storage.file.DiskFile;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A disk as an operating system behaves: when bytes could not be written back, one sync of the file fails and the next ones
 * succeed, though the bytes are gone. The failing sync takes its time to come back.
 */
final class SyncErrorReportedOnce {
    /** Comes down when the failing sync has begun. */
    final CountDownLatch failing = new CountDownLatch(1);

    /** While this has not come down, the failing sync does not return. */
    final CountDownLatch gate = new CountDownLatch(1);

    private final AtomicBoolean armed = new AtomicBoolean();
    private final Disk disk;

    SyncErrorReportedOnce(Disk disk) {
        this.disk = disk;
    }

    /** Has the next sync of a segment that is in use fail. */
    void arm() {
        armed.set(true);
    }

    Disk disk() {
        return proxy(Disk.class, (proxy, method, arguments) -> {
            Object result = call(disk, method, arguments);
            return result instanceof DiskFile file ? failing(file) : result;
        });
    }

    private DiskFile failing(DiskFile file) {
        return proxy(DiskFile.class, (proxy, method, arguments) -> {
            if (method.getName().equals("sync")
                    && LogFormat.Role.ENTRIES.number(file.name()).isPresent()
                    && armed.compareAndSet(true, false)) {
                failing.countDown();
                gate.await();
                throw new StorageException("The bytes could not be written back");
            }
            return call(file, method, arguments);
        });
    }

    private static Object call(Object target, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }
}

export * from '../../local/control-plane/real-cluster';

export * from '../../local/control-plane/certificates';

vacuum (analyze) customers;

import { createRoot } from 'react-dom/client';
import { Drafts } from './Drafts.js';

createRoot(document.getElementById('root')!).render(<Drafts />);
